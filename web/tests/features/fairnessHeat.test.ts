import { expect, test } from 'vitest';
import { fairValue, toFairnessHeat, unfairness } from '../../src/features/evaluations/fairnessHeat';

const result = (measure: string, subject: string | null, value: number | null = 0.1) => ({ measure, subject, value, limit: 0.2 });

test('measures are rows and attributes columns, and what is not measured is an empty cell', () => {
  const heat = toFairnessHeat([result('demographic_parity_ratio', 'sex'), result('equal_opportunity_ratio', 'race')], ['sex', 'race']);
  expect(heat.columns).toEqual(['sex', 'race']);
  expect(heat.rows.map((row) => [row.measure, ...row.cells.map((cell) => cell?.subject ?? null)])).toEqual([
    ['demographic_parity_ratio', 'sex', null],
    ['equal_opportunity_ratio', null, 'race'],
  ]);
});

test('what is measured of all attributes together stands in a column of its own, beside the measure that it is of', () => {
  const heat = toFairnessHeat(
    [result('equalized_odds_ratio', 'sex'), result('intersectional_equalized_odds_ratio', null), result('theil_index', null)],
    ['sex'],
  );
  expect(heat.columns).toEqual(['sex', null]);
  expect(heat.rows.map((row) => row.measure)).toEqual(['equalized_odds_ratio', 'theil_index']);
  expect(heat.rows[0]?.cells[1]?.measure).toBe('intersectional_equalized_odds_ratio');
  expect(heat.rows[1]?.cells[0]).toBeNull();
});

test('without a measure there is nothing to show', () => {
  expect(toFairnessHeat([], ['sex'])).toEqual({ columns: ['sex'], rows: [] });
});

test('a cell is as dark as groups lie apart, half at the limit', () => {
  expect(unfairness({ value: 0.8, limit: 0.8 }, fairValue('demographic_parity_ratio'))).toBeCloseTo(0.5, 12);
  expect(unfairness({ value: 1, limit: 0.8 }, fairValue('demographic_parity_ratio'))).toBe(0);
  expect(unfairness({ value: 0.5, limit: 0.1 }, fairValue('demographic_parity_difference'))).toBe(1);
  expect(unfairness({ value: null, limit: 0.1 }, 0)).toBe(0);
  expect(unfairness({ value: 3, limit: null }, 0)).toBe(0);
});
