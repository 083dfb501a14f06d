import { render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useRefresh } from '../../src/components/useRefresh';

function Reading({ read, every }: { read: () => void; every: number | null }) {
  useRefresh(read, every);
  return null;
}

function look(isHidden: boolean) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('it is read again every while, and no more when it need not be', () => {
  const read = vi.fn();
  const { rerender } = render(<Reading read={read} every={5_000} />);
  vi.advanceTimersByTime(10_000);
  expect(read).toHaveBeenCalledTimes(2);
  rerender(<Reading read={read} every={null} />);
  vi.advanceTimersByTime(10_000);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a tab that nobody sees does not ask, and asks at once when it is looked at again', () => {
  const read = vi.fn();
  render(<Reading read={read} every={5_000} />);
  look(true);
  vi.advanceTimersByTime(60_000);
  expect(read).not.toHaveBeenCalled();
  look(false);
  expect(read).toHaveBeenCalledOnce();
});
