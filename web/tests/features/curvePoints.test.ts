import { expect, test } from 'vitest';
import { positiveShare, precisionPoints, reliabilityPoints, rocPoints } from '../../src/features/evaluations/curvePoints';
import { realisedPoints } from '../../src/features/evaluations/realisedPoints';

const SIDE = {
  reason: null,
  labelled: 9,
  positives: 5,
  thresholds: [0.75, null],
  falsePositiveRates: [0.25, 1],
  truePositiveRates: [0.6, 1],
  precisions: [0.75, 5 / 9],
  meanScores: [0.25],
  positiveShares: [0.4],
  positiveShareIntervals: [{ low: 0.2, high: 0.7 }],
  binRows: [5],
  reliabilityReason: null,
};
const NOTHING = { ...SIDE, labelled: 0, positives: 0, thresholds: [], falsePositiveRates: [], truePositiveRates: [], precisions: [], meanScores: [], positiveShares: [], positiveShareIntervals: [], binRows: [] };
const pairs = (points: { x: number; y: number; of: number | null }[]) => points.map((point) => [point.x, point.y, point.of]);

test('a ROC curve begins where nothing is taken, and precision at the first score that is', () => {
  expect(pairs(rocPoints(SIDE))).toEqual([[0, 0, null], [0.25, 0.6, 0.75], [1, 1, null]]);
  expect(pairs(precisionPoints(SIDE))).toEqual([[0.6, 0.75, 0.75], [1, 5 / 9, null]]);
  expect(reliabilityPoints(SIDE)).toEqual([{ x: 0.25, y: 0.4, of: 5, low: 0.2, high: 0.7 }]);
  expect(positiveShare(SIDE)).toBe(5 / 9);
});

test('of nothing there is no point, not even the corner', () => {
  expect([rocPoints(NOTHING), precisionPoints(NOTHING), reliabilityPoints(NOTHING), positiveShare(NOTHING)]).toEqual([[], [], [], null]);
});

test('a window without labels has an estimate and no realised value', () => {
  const history = {
    evaluationIds: ['a', 'b'],
    windowStarts: ['2026-01-01', '2026-01-02'],
    windowEnds: ['2026-01-02', '2026-01-03'],
    labelCoverages: [1, 0],
    measures: [{
      measure: 'accuracy',
      realised: [0.8, null],
      realisedIntervals: [{ low: 0.7, high: 0.9 }, null],
      estimated: [null, 0.75],
      estimatedIntervals: [null, { low: 0.6, high: 0.8 }],
    }],
  };
  const none = { value: null, low: null, high: null };
  expect(realisedPoints(history, 'accuracy').map((point) => [point.evaluationId, point.labelCoverage, point.realised, point.estimated])).toEqual([
    ['a', 1, { value: 0.8, low: 0.7, high: 0.9 }, none],
    ['b', 0, none, { value: 0.75, low: 0.6, high: 0.8 }],
  ]);
  expect(realisedPoints(history, 'lift')).toEqual([]);
});
