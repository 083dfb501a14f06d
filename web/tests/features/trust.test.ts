import { expect, test } from 'vitest';
import { levels, stretch } from '../../src/features/trust/changeSteps';
import { whatMoved } from '../../src/features/trust/changeWords';
import { nearest, toPoints } from '../../src/features/trust/history';
import { trendText } from '../../src/features/trust/trends';
import { waterfallSteps } from '../../src/features/trust/waterfallSteps';
import { why } from '../../src/features/trust/why';

const SERIES = {
  positions: ['3', '9'],
  recordedAt: ['2026-03-03T12:00:00Z', '2026-03-03T12:05:00Z'],
  windowEnd: ['2018-02-01T00:00:00Z', '2018-01-01T00:00:00Z'],
  values: [0.8, null],
  lows: [0.78, null],
  highs: [0.82, null],
  coverages: [1, 0.3],
};

test('a waterfall goes from one down to the score', () => {
  const steps = waterfallSteps([
    { kind: 'STABILITY', value: 0.9, weight: 0.5 },
    { kind: 'FAIRNESS', value: 0.6, weight: 0.5 },
  ]);
  expect(steps.map((step) => step.loss?.toFixed(3))).toEqual(['0.050', '0.200']);
  expect(steps.at(-1)?.after).toBeCloseTo(0.75, 12);
});

test('a component without evidence takes nothing and leaves the mean', () => {
  const steps = waterfallSteps([
    { kind: 'STABILITY', value: 0.8, weight: 0.3 },
    { kind: 'FAIRNESS', value: null, weight: 0.7 },
  ]);
  expect(steps.map((step) => step.loss)).toEqual([expect.closeTo(0.2, 12), null]);
});

test('points stand in the order of the axis that is shown', () => {
  expect(toPoints(SERIES, false).map((point) => point.position)).toEqual(['3', '9']);
  expect(toPoints(SERIES, true).map((point) => point.position)).toEqual(['9', '3']);
});

test('a missing score stays missing', () => {
  expect(toPoints(SERIES, false)[1]).toMatchObject({ value: null, low: null, coverage: 0.3 });
});

test('the nearest point is found by time', () => {
  expect(nearest(toPoints(SERIES, false), Date.parse('2026-03-03T12:04:00Z'))).toBe(1);
});

test('a trend tells how far the score went, not how far relative to itself', () => {
  expect(trendText({ value: 0.76, trend: { direction: 'DOWN', share: -0.05 } })).toBe('↘ down 0.04');
  expect(trendText({ value: 0.5, trend: { direction: 'DOWN', share: -0.008 } })).toBe('unchanged');
  expect(trendText({ value: 0.8, trend: { direction: 'STEADY', share: 0.001 } })).toBe('→ steady');
  expect(trendText({ value: null, trend: { direction: 'UNKNOWN', share: null } })).toBe('not known yet');
});

test('a component says its own reason, else what does worst in it', () => {
  const parts = [{ name: 'age group', value: 0.08 }, { name: 'race', value: 0.9 }, { name: 'sex', value: 0.95 }];
  expect(why({ kind: 'FAIRNESS', value: 0.6, reason: 'No labels', parts })).toBe('No labels');
  expect(why({ kind: 'FAIRNESS', value: 0.6, reason: null, parts })).toBe('Lowest: Age group 0.08, Race 0.90, and 1 more, each relative to four fifths');
  expect(why({ kind: 'PERFORMANCE', value: 0.99, reason: null, parts: [{ name: 'accuracy', value: 0.989 }, { name: 'roc_auc', value: 0.993 }] })).toBe(
    'Lowest: Accuracy 0.99, ROC AUC 0.99, each relative to its baseline',
  );
  expect(why({ kind: 'STABILITY', value: 0.9, reason: null, parts: [{ name: 'AGEP', value: 0 }] })).toBe('Drifted: AGEP');
  expect(why({ kind: 'QUALITY', value: 0.9, reason: null, parts: [{ name: 'volume', value: 0 }, { name: 'age, missing share', value: 0 }] })).toBe('Not kept: volume; age, missing share');
  expect(why({ kind: 'STABILITY', value: 1, reason: null, parts: [] })).toBe('No feature is beyond its PSI limit');
});

test('the worst component takes all that is lost where it alone decides', () => {
  const steps = waterfallSteps([
    { kind: 'STABILITY', value: 1, weight: 0.5 },
    { kind: 'FAIRNESS', value: 0.6, weight: 0.5 },
    { kind: 'QUALITY', value: 0.1, weight: 0 },
    { kind: 'PERFORMANCE', value: null, weight: 0.2 },
  ], 'WORST');
  expect(steps.map((step) => step.loss)).toEqual([0, 0.4, 0, null]);
  expect(steps.at(-1)?.after).toBeCloseTo(0.6);
});

test('the bars of a change lead from the score before to the score after', () => {
  const steps = levels(0.8, [{ amount: -0.05 }, { amount: 0.01 }]);
  expect(steps.map(({ from, to }) => [from.toFixed(2), to.toFixed(2)])).toEqual([['0.80', '0.75'], ['0.75', '0.76']]);
});

test('a drawing of a change never magnifies nothing, and stays between nothing and all', () => {
  const written = (values: number[]) => Object.values(stretch(values)).map((each) => each.toFixed(3));
  expect(written([1, 1])).toEqual(['0.950', '1.000']);
  expect(written([0, 0.01])).toEqual(['0.000', '0.050']);
  expect(written([0.2, 0.7])).toEqual(['0.125', '0.775']);
});

test('what moved names the parts with what each adds, and the rest together', () => {
  const part = (name: string, amount: number, cause = 'VALUE') => ({ name, amount, cause });
  const parts = [part('age', -0.02), part('sex', -0.01, 'LIMIT'), part('job', 0.004, 'CAME'), part('a', -0.002), part('b', -0.001), part('c', 0.0001)];
  expect(whatMoved({ kind: 'STABILITY', cause: 'VALUE', parts })).toBe('Age −0.020, Sex, by another limit −0.010, Job, new +0.004, 2 more −0.003');
  expect(whatMoved({ kind: 'FAIRNESS', cause: 'WENT', parts: [] })).toBe('can no longer be judged');
  expect(whatMoved({ kind: null, cause: 'WEIGHTS', parts: [] })).toBe('the trust policy changed');
});
