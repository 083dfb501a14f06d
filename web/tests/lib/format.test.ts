import { describe, expect, it } from 'vitest';

import { count, interval, measured, MISSING, plural, rate, share, shortDigest, signed, words } from '../../src/lib/format';

describe('numbers', () => {
  it('are grouped by thin spaces', () => {
    expect(count(277677)).toBe('277\u2009677');
    expect(count(-1234567)).toBe('−1\u2009234\u2009567');
  });

  it('that are missing or not finite are a dash, never a zero', () => {
    for (const write of [count, share, signed, measured, rate]) {
      expect(write(null)).toBe(MISSING);
      expect(write(undefined)).toBe(MISSING);
      expect(write(Number.NaN)).toBe(MISSING);
      expect(write(Number.POSITIVE_INFINITY)).toBe(MISSING);
    }
    expect(interval(null)).toBe(MISSING);
    expect(shortDigest('')).toBe(MISSING);
  });

  it('have the same decimals in a column', () => {
    expect([0.8, 0.7654, 1].map((value) => share(value))).toEqual(['0.80', '0.77', '1.00']);
    expect(measured(0.0003)).toBe('0.000');
    expect(interval({ low: 0.8376, high: 0.85499 })).toBe('0.84 to 0.85');
  });

  it('show a sign only when something is left after rounding', () => {
    expect(signed(0.04)).toBe('+0.04');
    expect(signed(-0.04)).toBe('−0.04');
    expect(signed(0.001)).toBe('0.00');
    expect(signed(-0.001)).toBe('0.00');
  });

  it('as rates lose their decimal from a hundred on', () => {
    expect(rate(12.34)).toBe('12.3');
    expect(rate(200.4)).toBe('200');
    expect(rate(0)).toBe('0');
  });
});

describe('words', () => {
  it('are made of the names of enums and measures', () => {
    expect(words('BELOW_THRESHOLD')).toBe('Below threshold');
    expect(words('demographic_parity_ratio')).toBe('Demographic parity ratio');
  });

  it('agree with their number', () => {
    expect(plural(1, 'alert')).toBe('1 alert');
    expect(plural(2, 'alert')).toBe('2 alerts');
    expect(plural(0, 'entry', 'entries')).toBe('0 entries');
  });
});
