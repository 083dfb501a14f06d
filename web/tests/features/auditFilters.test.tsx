import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AuditFilters } from '../../src/features/audit/AuditFilters';
import { shown } from '../shown';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test('whoever writes slowly goes on in the same field, and the address follows', async () => {
  shown(<AuditFilters isOfOneSubject={false} />, '/audit');
  const field = screen.getByLabelText<HTMLInputElement>('Action');
  field.focus();
  fireEvent.change(field, { target: { value: 'registry' } });
  await settle(300);
  expect(screen.getByLabelText('address').textContent).toBe('/audit?action=registry');
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: 'registry.Promoted' } });
  expect(field.value).toBe('registry.Promoted');
  await settle(300);
  expect(screen.getByLabelText('address').textContent).toBe('/audit?action=registry.Promoted');
});
