import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reloadForAnotherRelease } from '../../src/lib/release';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00Z') });
  sessionStorage.clear();
});
afterEach(() => vi.useRealTimers());

test('a tab whose screens another release has replaced is loaded anew, once a minute at most', () => {
  const reload = vi.fn();
  reloadForAnotherRelease(reload);

  window.dispatchEvent(new Event('vite:preloadError'));
  window.dispatchEvent(new Event('vite:preloadError'));
  expect(reload).toHaveBeenCalledTimes(1);

  vi.advanceTimersByTime(60_000);
  window.dispatchEvent(new Event('vite:preloadError'));
  expect(reload).toHaveBeenCalledTimes(2);
});
