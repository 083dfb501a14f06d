import { describe, expect, it } from 'vitest';

import { fromStep, keepAsOf, readAsOf, toStep, withAsOf } from '../../src/lib/asOf';

const params = (text: string) => new URLSearchParams(text);

describe('the moment in the address', () => {
  it('is a position or a time, and nothing else', () => {
    expect(readAsOf(params('asOf=1042'))).toBe('1042');
    expect(readAsOf(params('asOf=2026-03-03T12:00:00Z'))).toBe('2026-03-03T12:00:00Z');
    for (const wrong of ['', 'asOf=', 'asOf=yesterday', 'asOf=-1', 'asOf=2026-03-03', 'asOf=2026-13-45T99:00:00Z']) {
      expect(readAsOf(params(wrong))).toBeNull();
    }
  });

  it('leaves the rest of the address alone', () => {
    expect(withAsOf(params('tab=drift&asOf=1'), '2').toString()).toBe('tab=drift&asOf=2');
    expect(withAsOf(params('tab=drift&asOf=1'), null).toString()).toBe('tab=drift');
  });

  it('goes along from page to page', () => {
    expect(keepAsOf('/models/1?tab=drift#age', '42')).toBe('/models/1?tab=drift&asOf=42#age');
    expect(keepAsOf('/models/1', null)).toBe('/models/1');
  });
});

describe('the slider', () => {
  it('ends at now, which keeps moving', () => {
    expect(fromStep(100, 0, 1000, 100)).toBeNull();
    expect(toStep(1000, 0, 1000, 100)).toBe(100);
  });

  it('answers the moment that a step stands for', () => {
    expect(fromStep(50, 0, 1000, 100)).toBe('1970-01-01T00:00:00.500Z');
    expect(toStep(500, 0, 1000, 100)).toBe(50);
  });

  it('has one place when nothing lies between first and last', () => {
    expect(fromStep(0, 5, 5, 100)).toBeNull();
    expect(toStep(5, 5, 5, 100)).toBe(100);
  });
});
