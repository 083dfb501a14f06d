import { expect, test } from 'vitest';
import { count, interval, measured, plural, rate, share, shortDigest, signed, significant, words } from '../../src/lib/format';

test('a count has thin spaces in its thousands', () => {
  expect(count(1234567)).toBe('1\u2009234\u2009567');
  expect(count(999)).toBe('999');
});

test('a missing or infinite number is a dash, never NaN', () => {
  expect([count(null), share(undefined), measured(Number.NaN), rate(Number.POSITIVE_INFINITY), interval(null)]).toEqual(['–', '–', '–', '–', '–']);
});

test('a share has two decimals and is no percentage', () => {
  expect(share(0.8142)).toBe('0.81');
  expect(share(1)).toBe('1.00');
});

test('a change shows its sign, and what rounds to nothing has none', () => {
  expect([signed(0.042), signed(-0.042), signed(-0.001), signed(0.001), signed(0)]).toEqual(['+0.04', '−0.04', '0.00', '0.00', '0.00']);
});

test('measured values of a column have the same decimals', () => {
  expect([measured(0.00042), measured(0.2), measured(12.3456)]).toEqual(['0.000', '0.200', '12.346']);
});

test('an interval is written from low to high', () => {
  expect(interval({ low: 0.776, high: 0.8249 })).toBe('0.78 to 0.82');
});

test('a rate under a hundred has a decimal', () => {
  expect([rate(0), rate(42.25), rate(198.4), rate(2000)]).toEqual(['0', '42.3', '198', '2\u2009000']);
});

test('a digest is shown by its first twelve signs', () => {
  expect(shortDigest('sha256:9f2c4be1a7d05533c1de')).toBe('9f2c4be1a7d0');
});

test('names of the schema read as words', () => {
  expect([words('BELOW_THRESHOLD'), words('demographic_parity_ratio'), words('VersionAdded')]).toEqual([
    'Below threshold', 'Demographic parity ratio', 'Version added',
  ]);
});

test('one is not many', () => {
  expect([plural(1, 'alert'), plural(2, 'alert'), plural(0, 'entry', 'entries')]).toEqual(['1 alert', '2 alerts', '0 entries']);
});

test('a number in its own unit keeps four digits that say something', () => {
  expect([12.34567, 0.0012345, 68_785.4, -3, 0, null].map(significant)).toEqual(['12.35', '0.001234', '68\u2009785', '−3', '0', '–']);
  expect([1.5e12, -2.25e-7].map(significant)).toEqual(['1.50e12', '−2.25e−7']);
});
