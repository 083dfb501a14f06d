import { expect, test } from 'vitest';
import { backfillText } from '../../src/features/evaluations/backfillText';

test('how far a history is measured is said with what went wrong, and only then', () => {
  expect(backfillText('2.1', { windows: 40, completed: 12, failed: 0, cancelled: 0, notAskedFor: 0 })).toBe('History of 2.1: 12 of 40 windows measured');
  expect(backfillText('2.1', { windows: 400, completed: 380, failed: 2, cancelled: 1, notAskedFor: 0 })).toBe('History of 2.1: 380 of 400 windows measured, 2 failed, 1 cancelled');
});

test('a history that nothing was asked of says so instead of standing at nothing', () => {
  expect(backfillText('2.1', { windows: 3, completed: 0, failed: 0, cancelled: 0, notAskedFor: 3 })).toBe(
    'History of 2.1: 0 of 3 windows measured. No evaluation of 3 windows was asked for yet; if that stays so, what they are measured by cannot be read: stop it and ask again',
  );
});
