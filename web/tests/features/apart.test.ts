import { expect, test } from 'vitest';
import { apart } from '../../src/features/evaluations/apart';

const result = (given: Record<string, unknown> = {}) => ({
  value: 0.8123456, low: 0.7, high: 0.9, rows: 900, verdict: 'PASS' as const, reason: null, baseline: 0.8, limit: 0.76, ...given,
});
const difference = (recorded: ReturnType<typeof result> | null, now: ReturnType<typeof result> | null, withinTolerance = false) =>
  apart({ measure: 'accuracy', subject: null, recorded, now, withinTolerance });

test('numbers that look alike are written with every digit', () => {
  expect(difference(result(), result({ value: 0.8123456000000001 }), true)).toEqual({
    recorded: '0.8123456, pass', now: '0.8123456000000001, pass', besides: 'value, by 1e-12 at most',
  });
  expect(difference(result(), result({ value: 0.5, verdict: 'FAIL' }))).toEqual({ recorded: '0.812, pass', now: '0.500, fail', besides: 'value, verdict' });
});

test('what differs besides the number is named', () => {
  expect(difference(result(), result({ low: 0.6, high: 0.95, rows: 899 })).besides).toBe('interval, rows');
  expect(difference(result(), result()).besides).toBe('what defines it');
  expect(difference(result(), null)).toEqual({ recorded: '0.812, pass', now: 'none', besides: 'one of the two is not there' });
  expect(difference(result({ value: null, verdict: 'INCONCLUSIVE', reason: 'no rows' }), result()).recorded).toBe('–, inconclusive');
});
