import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { ReasonDialog } from '../../src/components/ReasonDialog';
import { shown } from '../shown';

function dialog(onConfirm: (reason: string) => Promise<string | null>, onClose: () => void = () => undefined) {
  shown(
    <ReasonDialog title="Promote 2.0" isOpen onClose={onClose} happens={['replace 1.0']} reasonLabel="Why?" action="Promote" onConfirm={onConfirm} />,
  );
  return {
    button: screen.getByRole('button', { name: 'Promote' }),
    reason: screen.getByLabelText(/Why\?/),
  };
}

test('nothing dangerous is done without a reason', () => {
  const { button } = dialog(() => Promise.resolve(null));
  expect(screen.getByText('replace 1.0')).toBeTruthy();
  expect(button.hasAttribute('disabled')).toBe(true);
});

test('the reason is handed on and the dialog closes when it is done', async () => {
  const onConfirm = vi.fn(() => Promise.resolve(null));
  const onClose = vi.fn();
  const { button, reason } = dialog(onConfirm, onClose);
  fireEvent.change(reason, { target: { value: ' Better recall ' } });
  fireEvent.click(button);
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(onConfirm).toHaveBeenCalledWith('Better recall');
});

test('a refusal is told in the dialog, which stays', async () => {
  const onClose = vi.fn();
  const { button, reason } = dialog(() => Promise.resolve('There is no earlier champion.'), onClose);
  fireEvent.change(reason, { target: { value: 'Worse recall' } });
  fireEvent.click(button);
  expect((await screen.findByRole('alert')).textContent).toBe('There is no earlier champion.');
  expect(onClose).not.toHaveBeenCalled();
});
