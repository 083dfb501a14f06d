import { expect, test } from 'vitest';
import { actorName, asOfSentence, namesOf, sentenceOfTheDay, verdictSentence, type ModelOfTheDay } from '../../src/lib/sentences';

const model = (name: string, standing: ModelOfTheDay['standing'], openAlertCount = 0) => ({ name, standing, openAlertCount });

test('the day’s sentence says first what is wrong', () => {
  const day = sentenceOfTheDay([model('Churn', 'TRUSTED'), model('Credit', 'BELOW_THRESHOLD', 2), model('Fraud', null)]);
  expect(day).toEqual({
    first: 'Credit is below the trust threshold, 2 alerts wait.',
    rest: 'Churn is trusted; Fraud is not scored yet.',
  });
});

test('the day’s sentence says so when everything is right', () => {
  expect(sentenceOfTheDay([model('A', 'TRUSTED'), model('B', 'TRUSTED')])).toEqual({
    first: 'All 2 models are trusted, no alert waits.',
    rest: '',
  });
});

test('too little evidence is never told as good', () => {
  expect(sentenceOfTheDay([model('Churn', 'NOT_ENOUGH_EVIDENCE', 1)]).first).toBe('Churn has not enough evidence yet, 1 alert waits.');
});

test('more than two models are counted, not named', () => {
  const three = ['A', 'B', 'C'].map((name) => model(name, 'BELOW_THRESHOLD'));
  expect(sentenceOfTheDay(three).first).toBe('3 models are below the trust threshold, no alert waits.');
});

test('of more models than were read, the sentence speaks for those alone', () => {
  expect(sentenceOfTheDay([model('A', 'TRUSTED'), model('B', 'TRUSTED')], 240).first).toBe(
    'Of the first 2 of 240 models, A and B are trusted, no alert waits.',
  );
});

test('no model is said plainly', () => {
  expect(sentenceOfTheDay([])).toEqual({ first: 'No model is registered yet.', rest: '' });
});

test('the frame says which moment is shown', () => {
  expect(asOfSentence('2026-03-03T12:00:00Z', '2026-03-03T12:00:00Z')).toBe('As known on 3 Mar 2026 12:00:00');
  expect(asOfSentence(null, '1234')).toBe('As known at position 1\u2009234');
});

test('an actor is named by what it is', () => {
  expect([
    actorName({ kind: 'USER', name: 'Ada' }), actorName({ kind: 'KEY', name: 'intake' }), actorName({ kind: 'KEY', name: null }),
    actorName({ kind: 'SYSTEM', name: 'clock' }), actorName(null),
  ]).toEqual(['Ada', 'key intake', 'an API key', 'CDT, clock', 'unknown']);
});

test('an evaluation’s sentence tells the worst first', () => {
  expect(verdictSentence([{ verdict: 'PASS' }, { verdict: 'FAIL' }, { verdict: 'INCONCLUSIVE' }, { verdict: 'PASS' }])).toBe(
    'Of 4 checks, 1 failed, 1 inconclusive, 2 passed.',
  );
  expect(verdictSentence([{ verdict: 'PASS' }, { verdict: 'PASS' }])).toBe('All 2 checks passed.');
  expect(verdictSentence([])).toBe('Nothing was measured.');
});

test('a very long name is cut within the sentence', () => {
  expect(namesOf([{ name: 'N'.repeat(200) }])).toBe(`${'N'.repeat(39)}…`);
});
