import { act, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Changing } from '../../src/components/Changing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const isMarked = (container: HTMLElement) => container.firstElementChild?.className.includes('changed') ?? false;

test('a changed value is marked for two seconds', () => {
  const { container, rerender } = render(<Changing value="0.81" />);
  expect(isMarked(container)).toBe(false);
  rerender(<Changing value="0.82" />);
  expect(isMarked(container)).toBe(true);
  act(() => void vi.advanceTimersByTime(2_000));
  expect(isMarked(container)).toBe(false);
  expect(container.textContent).toBe('0.82');
});

test('what moves all the time is not marked all the time', () => {
  const { container, rerender } = render(<Changing value="1" />);
  rerender(<Changing value="2" />);
  act(() => void vi.advanceTimersByTime(3_000));
  rerender(<Changing value="3" />);
  expect(isMarked(container)).toBe(false);
});

test('after a rest a change is marked again', () => {
  const { container, rerender } = render(<Changing value="1" />);
  rerender(<Changing value="2" />);
  act(() => void vi.advanceTimersByTime(11_000));
  rerender(<Changing value="3" />);
  expect(isMarked(container)).toBe(true);
});
