import { expect, test } from 'vitest';
import { sliceText } from '../../src/lib/sliceText';

const NAMES = {
  titleOf: (column: string) => ({ SEX: 'Sex', AGEP: 'Age in years' })[column] ?? column,
  labelOf: (column: string, value: string) => (column === 'SEX' && value === '2' ? 'female' : value),
};

const of = (column: string, rest: { values?: string[]; low?: number; high?: number }) => ({ column, values: rest.values ?? null, low: rest.low ?? null, high: rest.high ?? null });

test('a slice is told by the names that people know', () => {
  expect(sliceText([of('SEX', { values: ['2'] }), of('AGEP', { low: 18, high: 25 })], NAMES)).toBe('Sex is female, Age in years is at least 18 and below 25');
});

test.each([
  [of('town', { values: ['a', 'b', '<b>'] }), 'town is a, b or <b>'],
  [of('income', { low: 50_000 }), 'income is 50\u2009000 or more'],
  [of('income', { high: 0 }), 'income is below 0'],
])('every kind of condition can be read: %o', (condition, text) => {
  expect(sliceText([condition])).toBe(text);
});
