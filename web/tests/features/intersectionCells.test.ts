import { expect, test } from 'vitest';
import { toCells } from '../../src/features/evaluations/intersectionCells';

test('the parallel arrays of intersections become cells, and what has no rate stays without one', () => {
  const cells = toCells({
    attributes: ['sex', 'race'],
    values: [['female', 'black'], ['male', 'other']],
    rows: [120, 3],
    positives: [40, 0],
    selectionRates: [0.25, 1],
    selectionIntervals: [{ low: 0.2, high: 0.3 }, { low: 0.4, high: 1 }],
    truePositiveRates: [0.5, null],
    truePositiveIntervals: [{ low: 0.4, high: 0.6 }, null],
    areLargeEnough: [true, false],
    cellsInAll: 2,
  });
  expect(cells).toHaveLength(2);
  expect(cells[0]).toMatchObject({ values: ['female', 'black'], rows: 120, selectionRate: 0.25, isLargeEnough: true });
  expect(cells[1]).toMatchObject({ rows: 3, truePositiveRate: null, truePositiveInterval: null, isLargeEnough: false });
});
