import { describe, expect, it } from 'vitest';

import { compareDigits, newest, prepend, slide } from '../../src/lib/live';

const reading = (readAt: string, sequence: string) => ({ readAt, sequence });

describe('a live state', () => {
  it('never goes backwards, whatever order the network chose', () => {
    const shown = reading('2026-03-02T12:00:01Z', '12');
    expect(newest(shown, reading('2026-03-02T12:00:00Z', '99'))).toBe(shown);
    expect(newest(shown, reading('2026-03-02T12:00:01Z', '9'))).toBe(shown);
  });

  it('takes what is newer', () => {
    const shown = reading('2026-03-02T12:00:01Z', '9');
    const sameMoment = reading('2026-03-02T12:00:01Z', '10');
    const later = reading('2026-03-02T12:00:02Z', '9');
    expect(newest(shown, sameMoment)).toBe(sameMoment);
    expect(newest(shown, later)).toBe(later);
    expect(newest(null, shown)).toBe(shown);
  });
});

describe('whole numbers as text', () => {
  it('are compared by size, also beyond what a double holds', () => {
    expect(compareDigits('9', '10')).toBeLessThan(0);
    expect(compareDigits('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
    expect(compareDigits('007', '7')).toBe(0);
  });
});

describe('a log', () => {
  it('shows each entry once, newest first, however often it was told', () => {
    const shown = ['2', '1'];
    expect(prepend(shown, ['2', '3', '4', '3'], (entry) => entry)).toEqual(['4', '3', '2', '1']);
  });
});

describe('a sliding chart', () => {
  it('keeps its last points', () => {
    expect(slide([1, 2, 3], 4, 3)).toEqual([2, 3, 4]);
  });
});
