import { describe, expect, it } from 'vitest';

import { sentenceOfTheDay, type ModelOfTheDay } from '../../src/lib/sentences';

const model = (name: string, standing: ModelOfTheDay['standing'], openAlertCount = 0): ModelOfTheDay => ({
  name,
  standing,
  openAlertCount,
});

describe('the sentence of the day', () => {
  it('says that all is right', () => {
    expect(sentenceOfTheDay([model('Employment', 'TRUSTED')]).first).toBe('Employment is trusted, no alert is open.');
  });

  it('begins with what is worst', () => {
    const { first, rest } = sentenceOfTheDay([model('Good', 'TRUSTED'), model('Bad', 'BELOW_THRESHOLD', 2)]);
    expect(first).toBe('Bad is below the trust threshold, 2 alerts are open.');
    expect(rest).toBe('Good is trusted.');
  });

  it('never calls missing evidence good', () => {
    const { first } = sentenceOfTheDay([model('New', 'NOT_ENOUGH_EVIDENCE')]);
    expect(first).toBe('New has not enough evidence yet, no alert is open.');
  });

  it('tells a newcomer that nothing is there', () => {
    expect(sentenceOfTheDay([]).first).toBe('No model is registered yet.');
  });
});
