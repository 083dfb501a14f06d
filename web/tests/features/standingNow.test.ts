import { expect, test } from 'vitest';
import { sentenceNow, standingNow } from '../../src/features/trust/standingNow';

test('a score stands as it says while its evidence is fresh, or covers enough', () => {
  expect(standingNow({ standing: 'TRUSTED' }, null)).toBe('TRUSTED');
  expect(standingNow({ standing: 'TRUSTED' }, { standing: 'BELOW_THRESHOLD', sentence: null })).toBe('TRUSTED');
  expect(standingNow({ standing: 'BELOW_THRESHOLD' }, { standing: 'BELOW_THRESHOLD', sentence: 'No rows have come in for 9 days.' })).toBe('BELOW_THRESHOLD');
});

test('there is not enough evidence for a score once no rows have come in for too long', () => {
  expect(standingNow({ standing: 'TRUSTED' }, { standing: 'NOT_ENOUGH_EVIDENCE', sentence: 'No rows have come in for 40 days.' })).toBe('NOT_ENOUGH_EVIDENCE');
});

test('the headline says first that the evidence is too old', () => {
  const score = { sentence: 'Trusted at 0.89.' };
  expect(sentenceNow(score, { standing: 'NOT_ENOUGH_EVIDENCE', sentence: 'No rows have come in for 40 days.' })).toBe('No rows have come in for 40 days. Until then: Trusted at 0.89.');
  expect(sentenceNow(score, { standing: 'TRUSTED', sentence: 'No rows have come in for 9 days.' })).toBe('Trusted at 0.89.');
  expect(sentenceNow(score, null)).toBe('Trusted at 0.89.');
});
