import { expect, test } from 'vitest';
import { compareDigits, newest, newestFirst, slide } from '../../src/lib/live';

const reading = (sequence: string, readAt: string) => ({ sequence, readAt });
const EARLY = '2026-03-03T12:00:00Z';
const LATE = '2026-03-03T12:00:01Z';

test('the newest reading wins whatever order the network chose', () => {
  const older = reading('99', EARLY);
  const newer = reading('100', LATE);
  expect(newest(older, newer)).toBe(newer);
  expect(newest(newer, older)).toBe(newer);
  expect(newest(null, older)).toBe(older);
});

test('another version’s reading wins though its own sequence is lower', () => {
  const promoted = reading('3', LATE);
  expect(newest(reading('500', EARLY), promoted)).toBe(promoted);
});

test('of two readings of one instant the further sequence wins, compared as numbers', () => {
  const nine = reading('9', EARLY);
  const ten = reading('10', EARLY);
  expect(newest(nine, ten)).toBe(ten);
  expect(newest(ten, nine)).toBe(ten);
});

test('digits longer than a double are compared exactly', () => {
  expect(compareDigits('90071992547409931', '90071992547409930')).toBeGreaterThan(0);
  expect(compareDigits('007', '7')).toBe(0);
});

test('a sliding chart keeps the last points', () => {
  expect(slide([1, 2, 3], 4, 3)).toEqual([2, 3, 4]);
});

test('an entry that is told twice stands once, and whatever came when, the newest is on top', () => {
  const told = ['9', '10', '9', '8', '11'].map((position) => ({ position }));
  expect(newestFirst(told).map((entry) => entry.position)).toEqual(['11', '10', '9', '8']);
});
