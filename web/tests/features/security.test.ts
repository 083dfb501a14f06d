import { expect, test } from 'vitest';
import { daySentence, meaningOf, reasonWords, whoWords } from '../../src/features/security/events';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const ADA = { kind: 'USER', id: 'u', name: 'Ada' } as const;
const hoursAgo = (hours: number) => new Date(NOON - hours * 3_600_000).toISOString();
const failed = (count: number, hours: number, reason = 'wrong_password') => ({ kind: 'SIGN_IN_FAILED' as const, reason, count, lastAt: hoursAgo(hours) });

test('the first glance counts what asks for a look in the last day, and what was stolen first', () => {
  const events = [
    failed(40, 1),
    { kind: 'CREDENTIAL_REFUSED' as const, reason: 'forged', count: 2, lastAt: hoursAgo(2) },
    { kind: 'CREDENTIAL_REFUSED' as const, reason: 'expired', count: 1, lastAt: hoursAgo(2) },
    { kind: 'SIGNED_IN' as const, reason: 'right_password', count: 1, lastAt: hoursAgo(3) },
    failed(7, 25),
  ];

  expect(daySentence(events, NOON, true)).toBe('In the last day: 2 forged or stolen tokens, 40 failed sign-ins, 1 refused token or key.');
});

test('a quiet day is said to be one, and of a day that was not read whole only the entries are told', () => {
  expect(daySentence([failed(1, 30)], NOON, true)).toBe('In the last day nothing was refused and nothing exported.');
  expect(daySentence([], NOON, true)).toBe('In the last day nothing was refused and nothing exported.');
  expect(daySentence([failed(1, 1), failed(1, 2)], NOON, false)).toBe('In the newest 2 entries: 2 failed sign-ins.');
});

test('a role is told with whose it was, a permission by its name, and an unknown reason as it stands', () => {
  const of = (kind: 'ROLE_CHANGED' | 'KEY_CHANGED' | 'SESSION_ENDED' | 'PERMISSION_REFUSED' | 'EXPORTED', reason: string) => reasonWords({ kind, reason, person: ADA });

  expect(of('ROLE_CHANGED', 'none>member')).toBe('Ada became member');
  expect(of('ROLE_CHANGED', 'member>none')).toBe('Ada is no longer member');
  expect(of('ROLE_CHANGED', 'member>viewer')).toBe('Ada was member and is viewer now');
  expect(of('PERMISSION_REFUSED', 'manage_keys')).toBe('lacks “manage keys”');
  expect(of('KEY_CHANGED', 'revoked')).toBe('a key was revoked');
  expect(of('SESSION_ENDED', 'revoked')).toBe('ended from elsewhere');
  expect(of('EXPORTED', 'something_new')).toBe('something new');
});

test('whoever is not known is not named: only the account that was tried is', () => {
  expect(whoWords({ actor: ADA, person: ADA })).toBe('Ada');
  expect(whoWords({ actor: null, person: ADA })).toBe('account of Ada');
  expect(whoWords({ actor: null, person: null })).toBe('nobody known');
});

test('what somebody may have stolen is bad, a wrong password asks for a look, an expired token for none', () => {
  expect(meaningOf({ kind: 'SESSION_ENDED', reason: 'reuse' })).toBe('bad');
  expect(meaningOf({ kind: 'CREDENTIAL_REFUSED', reason: 'forged' })).toBe('bad');
  expect(meaningOf({ kind: 'SIGN_IN_FAILED', reason: 'wrong_password' })).toBe('watch');
  expect(meaningOf({ kind: 'CREDENTIAL_REFUSED', reason: 'expired' })).toBe('unknown');
});
