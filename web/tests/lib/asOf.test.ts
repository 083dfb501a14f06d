import { expect, test } from 'vitest';
import { fromStep, readAsOf, toStep, unreadableAsOf, withAsOf } from '../../src/lib/asOf';

const FIRST = Date.parse('2026-03-01T00:00:00Z');
const LAST = Date.parse('2026-03-03T00:00:00Z');

test('the address takes a time or a position and nothing else', () => {
  const read = (value: string) => readAsOf(new URLSearchParams({ asOf: value }));
  expect([read('2026-03-03T12:00:00Z'), read('412'), read('yesterday'), read('2026-99-99T00:00:00Z'), read('')]).toEqual([
    '2026-03-03T12:00:00Z', '412', null, null, null,
  ]);
  expect(readAsOf(new URLSearchParams())).toBeNull();
});

test('a moment that can’t be read is told from none', () => {
  const read = (search: string) => unreadableAsOf(new URLSearchParams(search));
  expect([read('asOf=garbage'), read('asOf='), read('asOf=12'), read('')]).toEqual(['garbage', '', null, null]);
});

test('going to another moment keeps the filters', () => {
  const params = new URLSearchParams('state=open&asOf=12');
  expect(withAsOf(params, '2026-03-03T12:00:00Z').toString()).toBe('state=open&asOf=2026-03-03T12%3A00%3A00Z');
  expect(withAsOf(params, null).toString()).toBe('state=open');
});

test('a step of the slider and its moment are each other’s inverse', () => {
  const moment = fromStep(250, FIRST, LAST, 1_000);
  expect(moment).toBe('2026-03-01T12:00:00.000Z');
  expect(toStep(Date.parse(moment ?? ''), FIRST, LAST, 1_000)).toBe(250);
});

test('the last step is now, and moments outside the record are at its ends', () => {
  expect(fromStep(1_000, FIRST, LAST, 1_000)).toBeNull();
  expect([toStep(FIRST - 5, FIRST, LAST, 1_000), toStep(LAST + 5, FIRST, LAST, 1_000)]).toEqual([0, 1_000]);
});

test('a record of a single moment has only now', () => {
  expect([toStep(FIRST, FIRST, FIRST, 1_000), fromStep(0, FIRST, FIRST, 1_000)]).toEqual([1_000, null]);
});
