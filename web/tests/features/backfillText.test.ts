import { expect, test } from 'vitest';
import { backfillText } from '../../src/features/evaluations/backfillText';

test('how far a history is measured is said with what went wrong, and only then', () => {
  expect(backfillText('2.1', { windows: 40, completed: 12, failed: 0, cancelled: 0 })).toBe('History of 2.1: 12 of 40 windows measured');
  expect(backfillText('2.1', { windows: 400, completed: 380, failed: 2, cancelled: 1 })).toBe('History of 2.1: 380 of 400 windows measured, 2 failed, 1 cancelled');
});
