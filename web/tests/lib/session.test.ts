import { expect, test } from 'vitest';
import { beginSession, currentSession, endSession, expireSession, onSessionChange, SESSION_KEY, sessionHasExpired } from '../../src/lib/session';

const SESSION = { accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z', viewer: { name: 'Ada', email: 'ada@example.org' } };

test('a session is kept in this tab alone and tells those who watch', () => {
  const seen: (string | undefined)[] = [];
  const stop = onSessionChange(() => seen.push(currentSession()?.accessToken));
  beginSession(SESSION);
  endSession();
  stop();
  beginSession(SESSION);
  expect(seen).toEqual(['token', undefined]);
  expect(JSON.parse(sessionStorage.getItem(SESSION_KEY) ?? '')).toMatchObject({ accessToken: 'token', name: 'Ada' });
  expect(localStorage.length).toBe(0);
  endSession();
});

test('a session that the server ended is told apart from one that was left', () => {
  beginSession(SESSION);
  expireSession();
  expect([currentSession(), sessionHasExpired(), sessionStorage.getItem(SESSION_KEY)]).toEqual([null, true, null]);
  beginSession(SESSION);
  endSession();
  expect(sessionHasExpired()).toBe(false);
});
