import { expect, test } from 'vitest';
import { biasSentence } from '../../src/features/evaluations/biasSentence';
import { changeText, intervalText, valueText } from '../../src/features/evaluations/limits';
import { farOffText } from '../../src/features/evaluations/segmentText';
import { cellsOf, mended, type RowShape } from '../../src/features/predictions/quarantine/cells';
import { guessed, rolesOf } from '../../src/features/predictions/explorer/roles';
import { outputText } from '../../src/features/registry/outputText';
import { numberDomain } from '../../src/components/charts/scale';
import type { NumbersFiguresFragment, QuarantineFiguresFragment } from '../../src/gql/graphql';

const spread = (mean: number | null, deviation: number | null) => ({ rows: 9, missing: 0, least: null, greatest: null, mean, deviation }) as unknown as NumbersFiguresFragment['errorSpread'];

test('a sentence says which way predictions err, now and before', () => {
  expect(biasSentence({ unit: 'EUR', errorSpread: spread(39.49, 102.2), baselineErrorSpread: spread(-12.6, 88.8) })).toBe(
    'Predictions are too low by 39.49 EUR on average; single ones lie 102.2 EUR around that (standard deviation). In the baseline they were too high by 12.6 EUR, around 88.8 EUR.',
  );
  expect(biasSentence({ unit: null, errorSpread: spread(-2, null), baselineErrorSpread: spread(null, null) })).toBe(
    'Predictions are too high by 2 on average. The baseline has no labels to compare with.',
  );
  expect(biasSentence({ unit: null, errorSpread: spread(0, 1), baselineErrorSpread: spread(0, 1) })).toBe(
    'Predictions are neither too low nor too high on average; single ones lie 1 around that (standard deviation). In the baseline they were neither, around 1.',
  );
  expect(biasSentence({ unit: 'EUR', errorSpread: spread(null, null), baselineErrorSpread: spread(1, 1) })).toBe(
    'No labels have come in for this window, so nothing is known of its errors.',
  );
});

test('what has a unit is written by its digits, and shares by their decimals', () => {
  expect(valueText('mean_absolute_error', 79.37768)).toBe('79.38');
  expect(valueText('r_squared', 0.92121)).toBe('0.921');
  expect(intervalText('root_mean_squared_error', { low: 106.727, high: 112.849 })).toBe('106.7 to 112.8');
  expect(changeText('mean_absolute_error', 14.9348)).toBe('+14.93');
  expect(numberDomain([62, 84])[0]).toBeLessThan(62);
  expect(numberDomain([0])).toEqual([-1, 1]);
});

test('a version says what it makes of a row', () => {
  expect(outputText({ classes: ['no', 'yes'], positiveClass: 'yes', number: null })).toBe('decides no or yes, positive is yes');
  expect(outputText({ classes: [], positiveClass: null, number: { minimum: 0, maximum: null, unit: 'EUR' } })).toBe('predicts a number in EUR, at least 0');
  expect(outputText({ classes: [], positiveClass: null, number: { minimum: null, maximum: null, unit: null } })).toBe('predicts a number');
});

test('a segment of numbers lies above the rest', () => {
  expect(farOffText({ conditions: [], rows: 12, errorRate: 0.4, restErrorRate: 0.1, gap: 0.3, interval: null })).toBe('0.30 above the rest’s; 12 rows');
});

test('a file of predicted numbers has a prediction and no decision', () => {
  const roles = rolesOf('predictions', [{ name: 'area', kind: 'NUMBER' }], false);

  expect(roles.map(({ name }) => name)).toEqual(['prediction_id', 'predicted_at', 'prediction', 'area']);
  expect(guessed(['id', 'time', 'yhat', 'area'], roles)).toEqual({ prediction_id: 'id', predicted_at: 'time', prediction: 'yhat', area: 'area' });
  expect(rolesOf('labels', [], false).find(({ name }) => name === 'label')?.meaning).toBe('the number that came');
});

test('a quarantined row of a version that predicts numbers is mended by its number', () => {
  const shape: RowShape = { decides: false, columns: [{ name: 'decision', kind: 'CATEGORY' }, { name: 'prediction', kind: 'NUMBER' }] };
  const row = {
    kind: 'PREDICTIONS',
    sent: { prediction_id: 'a', predicted_at: 'now', prediction: 'dear', features: { decision: 'x', prediction: 1 } },
    reasons: [{ column: 'prediction', reason: 'must be a number' }],
  } as unknown as QuarantineFiguresFragment;

  expect(cellsOf(row, shape).map(({ column }) => column)).toEqual(['prediction', 'features.prediction', 'prediction_id', 'predicted_at', 'decision']);
  expect(mended(row, { prediction: '12.5' }, shape)).toEqual([{ column: 'prediction', value: 12.5 }]);
});
