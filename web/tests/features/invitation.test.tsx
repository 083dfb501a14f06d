import { fireEvent, screen } from '@testing-library/react';
import { Provider } from 'urql';
import { expect, test, vi } from 'vitest';
import { fromValue, never } from 'wonka';
import { InvitationPage } from '../../src/features/tenancy/InvitationPage';
import { beginSession, endSession } from '../../src/lib/session';
import { shown } from '../shown';

const EMAIL = 'grace@example.org';
const OPEN = {
  id: 'i', organizationName: 'Bureau', role: 'AUDITOR', state: 'OPEN', email: EMAIL, expiresAt: '2026-11-29T12:00:00Z', answeredAt: null,
  invitedBy: { name: 'Ada' },
};

function at(invitation: object | null, answer: object = {}, address = '/invitation#o.i.token') {
  beginSession({ accessToken: 't', expiresAt: '2999-01-01T00:00:00Z', viewer: { id: 'u', name: 'Grace', email: EMAIL } });
  const executeMutation = vi.fn<(request: { variables: { input: object } }) => unknown>(() =>
    fromValue({ data: { done: answer }, stale: false, hasNext: false }),
  );
  const data = { viewer: { id: 'u', email: EMAIL }, invitation };
  const executeQuery = vi.fn(() => fromValue({ data, stale: false, hasNext: false }));
  shown(<Provider value={{ executeQuery, executeSubscription: () => never, executeMutation }}><InvitationPage /></Provider>, address);
  return () => executeMutation.mock.calls.map(([request]) => request.variables.input);
}

test('who is invited joins by the link', async () => {
  const sent = at(OPEN, { __typename: 'AcceptInvitationPayload' });
  screen.getByText(/Ada asks grace@example.org to join as an auditor/);
  fireEvent.click(screen.getByRole('button', { name: 'Join' }));
  await screen.findByRole('heading', { name: 'You belong to Bureau' });
  expect(sent()).toEqual([{ link: 'o.i.token' }]);
});

test('who does not want to declines by the link', async () => {
  const sent = at(OPEN, { __typename: 'DeclineInvitationPayload' });
  fireEvent.click(screen.getByRole('button', { name: 'Decline' }));
  await screen.findByRole('heading', { name: 'You declined to join Bureau' });
  expect(sent()).toEqual([{ link: 'o.i.token' }]);
});

test('what the server refuses is told in its words', async () => {
  at(OPEN, { __typename: 'ConflictError', message: 'This invitation has expired: ask for another one.' });
  fireEvent.click(screen.getByRole('button', { name: 'Join' }));
  expect((await screen.findByRole('alert')).textContent).toBe('This invitation has expired: ask for another one.');
});

test.each([
  ['EXPIRED', null, 'This invitation expired'],
  ['WITHDRAWN', '2026-11-23T12:00:00Z', 'This invitation was withdrawn'],
  ['DECLINED', '2026-11-23T12:00:00Z', 'This invitation was declined'],
  ['ACCEPTED', '2026-11-23T12:00:00Z', 'You belong to Bureau'],
])('one that is %s offers no answer', (state, answeredAt, title) => {
  at({ ...OPEN, state, answeredAt });
  screen.getByRole('heading', { name: title });
  expect(screen.queryByRole('button', { name: 'Join' })).toBeNull();
});

test('one that another accepted tells nothing but that', () => {
  at({ ...OPEN, state: 'ACCEPTED', email: 'alan@example.org', answeredAt: '2026-11-23T12:00:00Z' });
  screen.getByRole('heading', { name: 'This invitation was accepted' });
});

test('one for another address, also for one that is gone, is not offered', () => {
  at({ ...OPEN, email: null });
  screen.getByText(/sent to an address that is gone, and you are signed in as grace@example.org/);
  expect(screen.queryByRole('button', { name: 'Join' })).toBeNull();
});

test.each([['/invitation#o.i.wrong', null], ['/invitation', OPEN]])('a link that is none of ours, as %s, says so', (address, invitation) => {
  at(invitation, {}, address);
  screen.getByRole('heading', { name: 'This link opens nothing' });
});

test('signed out nothing of it is shown, and the way in leads back to it', () => {
  endSession();
  shown(<InvitationPage />, '/invitation#o.i.token');
  expect(screen.queryByText(/Bureau/)).toBeNull();
  expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in');
});
