import { fireEvent, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { Provider } from 'urql';
import { afterEach, expect, test, vi } from 'vitest';
import { fromValue, never } from 'wonka';
import { ForgottenPage } from '../../src/features/accounts/ForgottenPage';
import { ResetPage } from '../../src/features/accounts/ResetPage';
import { SignUpPage } from '../../src/features/accounts/SignUpPage';
import { VerifyPage } from '../../src/features/accounts/VerifyPage';
import { currentSession, endSession } from '../../src/lib/session';
import { shown } from '../shown';

const VOID = { __typename: 'UnauthenticatedError', message: 'This link was used; ask for another.' };

function at(address: string, page: ReactNode, answer: object) {
  const executeMutation = vi.fn<(request: { variables: { input: object } }) => unknown>(() =>
    fromValue({ data: { done: answer }, stale: false, hasNext: false }),
  );
  shown(<Provider value={{ executeQuery: () => never, executeSubscription: () => never, executeMutation }}>{page}</Provider>, address);
  return () => executeMutation.mock.calls.map(([request]) => request.variables.input);
}

const BEGUN = {
  __typename: 'LinkPayload',
  session: { accessToken: 'a', expiresAt: '2999-01-01T00:00:00Z', viewer: { id: 'grace', name: 'Grace', email: 'grace@example.org' } },
};
const PASSWORD = { target: { value: 'a quiet long evening' } };

afterEach(endSession);

test('opening the link of a mail confirms nothing; the password that is chosen there does, and signs in', async () => {
  const sent = at('/verify#user.request.token', <VerifyPage />, BEGUN);
  expect(sent()).toEqual([]);
  fireEvent.change(screen.getByLabelText(/Password/), PASSWORD);
  fireEvent.click(screen.getByRole('button', { name: 'Confirm and sign in' }));
  await waitFor(() => expect(screen.getByLabelText('address').textContent).toBe('/'));
  expect(sent()).toEqual([{ link: 'user.request.token', password: 'a quiet long evening' }]);
  expect(currentSession()?.email).toBe('grace@example.org');
});

test('a link that is void says what to do', async () => {
  at('/verify#old', <VerifyPage />, VOID);
  fireEvent.change(screen.getByLabelText(/Password/), PASSWORD);
  fireEvent.click(screen.getByRole('button', { name: 'Confirm and sign in' }));
  expect((await screen.findByRole('alert')).textContent).toBe('This link was used; ask for another.');
  expect(screen.getByRole('link', { name: 'Sign up again for another link' })).toBeDefined();
});

test('another password goes with the link', async () => {
  const sent = at('/reset#user.request.token', <ResetPage />, BEGUN);
  fireEvent.change(screen.getByLabelText(/New password/), PASSWORD);
  fireEvent.click(screen.getByRole('button', { name: 'Change the password and sign in' }));
  await waitFor(() => expect(screen.getByLabelText('address').textContent).toBe('/'));
  expect(sent()).toEqual([{ link: 'user.request.token', newPassword: 'a quiet long evening' }]);
});

test('who forgot the password is told the same whoever they are', async () => {
  const sent = at('/forgotten', <ForgottenPage />, { __typename: 'MailPayload' });
  fireEvent.change(screen.getByLabelText(/Email/), { target: { value: ' grace@example.org ' } });
  fireEvent.click(screen.getByRole('button', { name: 'Send a link' }));
  await screen.findByText(/If this address has an account/);
  expect(sent()).toEqual([{ email: 'grace@example.org' }]);
});

test('who signs up is sent to the mail', async () => {
  const sent = at('/sign-up', <SignUpPage />, { __typename: 'MailPayload' });
  for (const [label, value] of [[/Name/, 'Grace Hopper'], [/Email/, 'grace@example.org']] as const) {
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  }
  fireEvent.click(screen.getByRole('button', { name: 'Sign up' }));
  await screen.findByText(/sent to grace@example.org/);
  expect(sent()).toEqual([{ name: 'Grace Hopper', email: 'grace@example.org' }]);
});
