import { expect, test } from 'vitest';
import { progressText } from '../../src/features/evaluations/progressText';
import { count } from '../../src/lib/format';

const FIRST = { attempt: 1, lastError: null, rowsRead: null, rowsToRead: null };

test('an evaluation that is not over says what it does, and of the rows only what it knows', () => {
  expect(progressText({ ...FIRST, step: 'WAITING' })).toBe('It waits for its turn.');
  expect(progressText({ ...FIRST, step: 'READING' })).toBe('It begins to read.');
  expect(progressText({ ...FIRST, step: 'READING', rowsRead: 4000, rowsToRead: 10_000_000 })).toBe(`It has read ${count(4000)} of ${count(10_000_000)} rows.`);
  expect(progressText({ ...FIRST, step: 'MEASURING', rowsRead: 10, rowsToRead: 10 })).toBe('It measures 10 rows.');
});

test('from the second attempt on it says how the one before ended', () => {
  expect(progressText({ ...FIRST, step: 'WAITING', attempt: 2, lastError: 'its process died' })).toBe(
    'It waits for its next attempt. Attempt 2. The attempt before ended: its process died.',
  );
});
