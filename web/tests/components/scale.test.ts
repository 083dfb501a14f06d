import { expect, test } from 'vitest';
import { bandPath, linear, linePath, runs, shareDomain, ticks, timeTicks } from '../../src/components/charts/scale';

test('a scale and its inverse agree', () => {
  const scale = linear([0.5, 1], [100, 0]);
  expect([scale(0.5), scale(0.75), scale(1), scale.invert(50)]).toEqual([100, 50, 0, 0.75]);
});

test('ticks are round and inside the domain', () => {
  expect(ticks([0.7, 0.9], 4)).toEqual([0.7, 0.75, 0.8, 0.85, 0.9]);
  expect(ticks([0.33, 0.33], 4)).toEqual([0.33]);
});

test('the time axis has a tick even over a second', () => {
  expect(timeTicks([100_250, 100_750], 4)).toEqual([100_250]);
});

test('a time axis of years has each first of a month once, one of weeks has midnights, over a change of the clocks too', () => {
  const days = (from: string, to: string, wanted: number) =>
    timeTicks([new Date(`${from}T12:00`).getTime(), new Date(`${to}T12:00`).getTime()], wanted).map((tick) => {
      const at = new Date(tick);
      return [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours()].join(' ');
    });
  expect(days('2015-12-15', '2016-06-15', 6)).toEqual(['2016 1 1 0', '2016 2 1 0', '2016 3 1 0', '2016 4 1 0', '2016 5 1 0', '2016 6 1 0']);
  expect(days('2016-02-01', '2018-12-15', 6)).toEqual(['2016 7 1 0', '2017 1 1 0', '2017 7 1 0', '2018 1 1 0', '2018 7 1 0']);
  expect(days('2026-03-27', '2026-03-31', 4)).toEqual(['2026 3 28 0', '2026 3 29 0', '2026 3 30 0', '2026 3 31 0']);
});

test('shares are drawn on round numbers within 0 and 1', () => {
  expect(shareDomain([0.81, 0.84])).toEqual([0.75, 0.9]);
  expect(shareDomain([0, 1])).toEqual([0, 1]);
  expect(shareDomain([])).toEqual([0, 1]);
});

test('a missing value breaks the line instead of bridging it', () => {
  expect(runs([1, 2, null, 3], (value) => value !== null)).toEqual([[1, 2], [3]]);
});

test('paths go through their points, a band there and back', () => {
  expect(linePath([[0, 1], [2, 3]])).toBe('M0.0 1.0L2.0 3.0');
  expect(bandPath([[0, 0], [1, 0]], [[0, 5], [1, 5]])).toBe('M0.0 0.0L1.0 0.0L1.0 5.0L0.0 5.0Z');
});
