import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { PolicyPanel } from '../../src/components/PolicyPanel';
import type { Asking } from '../../src/components/useCommand';
import { shown } from '../shown';

const POLICY = {
  version: 2, threshold: 0.8, aggregation: 'weighted_mean', minimumCoverage: 0.5, reason: 'the board wants it',
  weights: [{ kind: 'STABILITY', weight: 1 / 3 }, { kind: 'FAIRNESS', weight: 1 / 3 }, { kind: 'PERFORMANCE', weight: 1 / 3 }],
  changedAt: '2026-03-02T12:00:00Z', changedBy: { kind: 'user', id: 'u', name: 'Ada' },
};
const IDLE = { isBusy: false, failure: null };

function panel(onChange: ((wanted: object) => Promise<boolean>) | null, policy: object = POLICY, command: Asking = IDLE) {
  return (
    <PolicyPanel
      title="Trust policy" note="Recorded." happens={['judge by it']} isFailed={false} command={command} onChange={onChange}
      policy={policy}
    />
  );
}

function asked() {
  fireEvent.click(screen.getByRole('button', { name: 'Change…' }));
  const dialog = within(screen.getByRole('dialog'));
  const set = (label: string | RegExp, value: string) => fireEvent.change(dialog.getByLabelText(label), { target: { value } });
  return { dialog, set, button: dialog.getByRole('button', { name: 'Change it' }) };
}

test('a policy is shown with who set it and why, and offered to nobody who may not change it', () => {
  shown(panel(null));
  expect(screen.getByText('0.80')).toBeTruthy();
  expect(screen.getByText('the board wants it')).toBeTruthy();
  expect(screen.queryByRole('button')).toBeNull();
});

test('only what was touched is sent, and the weights nobody touched stay as exact as they are', async () => {
  const change = vi.fn(() => Promise.resolve(true));
  shown(panel(change));
  const { set, button } = asked();
  set('Threshold', '0.9');
  set('Fairness', '2');
  set(/Why\?/, 'stricter');
  fireEvent.click(button);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(change).toHaveBeenCalledExactlyOnceWith({ threshold: 0.9, weights: [{ kind: 'FAIRNESS', weight: 2 }], reason: 'stricter' });
});

test('what somebody else changes while the form is open is not taken back', async () => {
  const change = vi.fn(() => Promise.resolve(true));
  const Changing = () => {
    const [policy, setPolicy] = useState<object>(POLICY);
    return (
      <>
        <button type="button" onClick={() => setPolicy({ ...POLICY, version: 3, threshold: 0.95, minimumCoverage: 0.7 })}>Somebody else</button>
        {panel(change, policy)}
      </>
    );
  };
  shown(<Changing />);
  const { dialog, set, button } = asked();
  set('Fairness', '2');
  set(/Why\?/, 'stricter');
  fireEvent.click(screen.getByText('Somebody else'));
  expect(dialog.getByLabelText<HTMLInputElement>('Threshold').value).toBe('0.95');
  fireEvent.click(button);
  await waitFor(() => expect(change).toHaveBeenCalledExactlyOnceWith({ weights: [{ kind: 'FAIRNESS', weight: 2 }], reason: 'stricter' }));
});

test('a weight that is next to nothing can be set to nothing', async () => {
  const change = vi.fn(() => Promise.resolve(true));
  shown(panel(change, { ...POLICY, weights: [{ kind: 'STABILITY', weight: 0.004 }, { kind: 'FAIRNESS', weight: 1 }] }));
  const { set, button } = asked();
  set('Stability', '0');
  set(/Why\?/, 'it says nothing here');
  fireEvent.click(button);
  await waitFor(() => expect(change).toHaveBeenCalledExactlyOnceWith({ weights: [{ kind: 'STABILITY', weight: 0 }], reason: 'it says nothing here' }));
});

test('nothing is sent where nothing changed, a number is missing, or no reason is given', () => {
  shown(panel(() => Promise.resolve(true)));
  const { set, button } = asked();
  set(/Why\?/, 'stricter');
  expect(button.hasAttribute('disabled')).toBe(true);
  set('Threshold', '');
  expect(button.hasAttribute('disabled')).toBe(true);
  set('Threshold', '-');
  expect(button.hasAttribute('disabled')).toBe(true);
  set('Threshold', '0.9');
  expect(button.hasAttribute('disabled')).toBe(false);
  set('Threshold', '0.8');
  expect(button.hasAttribute('disabled')).toBe(true);
  set('Threshold', '0.9');
  set(/Why\?/, ' ');
  expect(button.hasAttribute('disabled')).toBe(true);
});

test('what was refused leaves the form open', async () => {
  const change = vi.fn(() => Promise.resolve(false));
  shown(panel(change));
  const { set, button } = asked();
  set('Minimum coverage', '0.6');
  set(/Why\?/, 'more evidence');
  fireEvent.click(button);
  await waitFor(() => expect(change).toHaveBeenCalledOnce());
  expect(screen.getByRole('dialog')).toBeTruthy();
});

test('a form that is opened anew knows nothing of what was refused before, nor lets it be recorded all the same', async () => {
  const refused = { isBusy: false, failure: 'reason: this looks like a phone number', confirm: (submit: () => void) => submit() };
  const change = vi.fn(() => Promise.resolve(false));
  shown(panel(change, POLICY, refused));
  const { dialog, set, button } = asked();
  expect(dialog.queryByRole('alert')).toBeNull();
  set('Threshold', '0.9');
  set(/Why\?/, 'call 030 1234567');
  fireEvent.click(button);
  expect(await dialog.findByRole('alert')).toBeTruthy();
});
