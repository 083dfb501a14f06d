import { afterEach, expect, test } from 'vitest';
import { beginSession, currentSession, endSession, expireSession, nextRenewal, onSessionChange, renameInSession, sessionHasExpired } from '../../src/lib/session';

const BEGUN = { accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z', viewer: { id: 'ada', name: 'Ada', email: 'ada@example.org' } };

afterEach(endSession);

test('a token is in memory alone, and those who watch are told', () => {
  const seen: (string | undefined)[] = [];
  const stop = onSessionChange(() => seen.push(currentSession()?.accessToken));
  beginSession(BEGUN);
  endSession();
  stop();
  beginSession(BEGUN);
  expect(seen).toEqual(['token', undefined]);
  expect(JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])).not.toContain('token');
});

test('a renewed token leaves what was read as it is, another person does not', () => {
  beginSession(BEGUN);
  const key = currentSession()?.key;
  beginSession({ ...BEGUN, accessToken: 'next' });
  expect(currentSession()).toMatchObject({ key, accessToken: 'next' });
  beginSession({ ...BEGUN, viewer: { id: 'bob' } });
  expect(currentSession()?.key).not.toBe(key);
});

test('another name changes nothing else', () => {
  beginSession(BEGUN);
  const before = currentSession();
  renameInSession('Ada Lovelace');
  expect(currentSession()).toEqual({ ...before, name: 'Ada Lovelace' });
});

test('a session that the server ended is told apart from one that was left, and neither is gone on with', () => {
  beginSession(BEGUN);
  expect(nextRenewal()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expireSession();
  expect([currentSession(), sessionHasExpired(), nextRenewal()]).toEqual([null, true, null]);
  beginSession(BEGUN);
  endSession();
  expect([sessionHasExpired(), nextRenewal()]).toEqual([false, null]);
});
