import { expect, test } from 'vitest';
import { conditionsText, gapText } from '../../src/features/evaluations/segmentText';

const NAMES = {
  titleOf: (column: string) => ({ SCHL: 'Schooling', AGEP: 'Age in years' })[column] ?? column,
  labelOf: (_: string, value: string) => (value === '12' ? 'grade 9' : value),
};

const of = (column: string, rest: { label?: string; low?: number; high?: number }) => ({ column, label: rest.label ?? null, low: rest.low ?? null, high: rest.high ?? null });

test('a segment is told by the names that people know', () => {
  expect(conditionsText([of('SCHL', { label: '12' }), of('AGEP', { low: 55 })], NAMES)).toBe('Schooling is grade 9 and Age in years is 55 or more');
});

test.each([
  [of('AGEP', { high: 18 }), 'Age in years is below 18'],
  [of('AGEP', { low: 18, high: 25.5 }), 'Age in years is at least 18 and below 25.5'],
  [of('AGEP', {}), 'Age in years is known'],
  [of('AGEP', { label: '(missing)' }), 'Age in years is missing'],
  [of('SCHL', { label: '(other)' }), 'Schooling is one of the rarer values'],
  [of('SCHL', { label: '' }), 'Schooling is empty'],
  [of('town', { label: '<b>' }), 'town is <b>'],
])('every kind of condition can be read: %o', (condition, text) => {
  expect(conditionsText([condition], NAMES)).toBe(text);
});

test('the gap is told with its interval and its rows', () => {
  const segment = { conditions: [], rows: 312, errorRate: 0.39, restErrorRate: 0.21, gap: 0.18, interval: { low: 0.121, high: 0.239 } };
  expect(gapText(segment)).toBe('0.18 below the rest’s (0.12 to 0.24); 312 rows');
});
