import { expect, test } from 'vitest';
import { age, duration, exactMoment, moment, tickOf, toLocalInput, windowText } from '../../src/lib/time';

const NOW = Date.parse('2026-03-03T12:00:00Z');

test('a moment is written in the reader’s zone without seconds', () => {
  expect(moment('2026-03-03T12:04:05Z')).toBe('3 Mar 2026 12:04');
  expect(exactMoment('2026-03-03T12:04:05Z')).toBe('3 Mar 2026 12:04:05');
});

test('every month has three letters', () => {
  expect([moment('2026-09-03T12:04:05Z'), windowText('2016-08-01T00:00:00Z', '2016-09-01T00:00:00Z')]).toEqual([
    '3 Sep 2026 12:04', '1 Aug 2016 to 1 Sep 2016',
  ]);
});

test('no time and no valid time are dashes', () => {
  expect([moment(null), moment('yesterday'), age(undefined, NOW), windowText(null, null)]).toEqual(['–', '–', '–', '–']);
});

test('an age is told in the one unit that matters', () => {
  const ages = ['2026-03-03T11:59:58Z', '2026-03-03T11:59:18Z', '2026-03-03T11:20:00Z', '2026-03-03T02:00:00Z', '2026-03-02T11:00:00Z', '2026-02-20T12:00:00Z'];
  expect(ages.map((at) => age(at, NOW))).toEqual(['now', '42 s ago', '40 min ago', '10 h ago', '1 day ago', '11 days ago']);
});

test('a time in the future is now', () => {
  expect(age('2026-03-03T12:00:30Z', NOW)).toBe('now');
});

test('a length is told in the largest unit that divides it', () => {
  expect([duration(2_592_000), duration(86_400), duration(5_400), duration(90)]).toEqual(['30 days', '1 day', '90 minutes', '90 seconds']);
});

test('a window of days shows days, a shorter one its minutes', () => {
  expect(windowText('2018-05-03T00:00:00Z', '2018-06-02T00:00:00Z')).toBe('3 May 2018 to 2 Jun 2018');
  expect(windowText('2018-05-03T00:00:00Z', '2018-05-03T01:00:00Z')).toBe('3 May 2018 00:00 to 3 May 2018 01:00');
});

test('an axis is labelled by what it spans', () => {
  const at = Date.parse('2026-03-03T12:04:05Z');
  const spans = [60_000, 3_600_000, 30 * 86_400_000, 1_000 * 86_400_000];
  expect(spans.map((span) => tickOf(span)(at))).toEqual(['12:04:05', '12:04', '3 Mar', 'Mar 2026']);
});

test('a moment fits an input of the page', () => {
  expect(toLocalInput('2026-03-03T12:04:05.678Z')).toBe('2026-03-03T12:04:05');
});
