import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepRenewing, recover, renew, resume } from '../../src/lib/renewal';
import { beginSession, currentSession, endSession, nextRenewal, sessionHasExpired } from '../../src/lib/session';

const VIEWER = { id: 'ada', name: 'Ada', email: 'ada@example.org' };
const BEGUN = { accessToken: 'first', expiresAt: '2026-01-01T01:00:00Z', viewer: VIEWER };
const NEXT = { __typename: 'RefreshSessionPayload', accessToken: 'next', expiresAt: '2026-01-01T02:00:00Z', viewer: VIEWER };
const OVER = { __typename: 'UnauthenticatedError' };

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime('2026-01-01T00:00:00Z');
});
afterEach(() => {
  endSession();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function answering(...answers: (object | null)[]) {
  const sent = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
  for (const each of answers) {
    if (each === null) sent.mockRejectedValueOnce(new TypeError('unreachable'));
    else sent.mockResolvedValueOnce(new Response(JSON.stringify({ data: { refreshSession: each } })));
  }
  vi.stubGlobal('fetch', sent);
  return () =>
    sent.mock.calls.map(([, init]) => (JSON.parse(init.body as string) as { variables: { input: { commandId: string } } }).variables.input.commandId);
}

test('who signed in is signed in again when the page is loaded anew', async () => {
  beginSession(BEGUN);
  const planned = nextRenewal();
  const sent = answering(NEXT);
  await resume();
  expect(currentSession()?.accessToken).toBe('next');
  expect(sent()).toEqual([planned]);
  expect(nextRenewal()).not.toBe(planned);
});

test('nobody is asked for where nobody is signed in', async () => {
  const sent = answering();
  await resume();
  expect(sent()).toEqual([]);
});

test('a lost answer is asked for again under the same id, and nobody is signed out by it', async () => {
  beginSession(BEGUN);
  const sent = answering(null, NEXT);
  expect(await renew()).toBe('away');
  expect(currentSession()?.accessToken).toBe('first');
  expect(await renew()).toBe('renewed');
  expect(sent()[0]).toBe(sent()[1]);
});

test('a token is renewed two minutes before it ends, and again while the server is away', async () => {
  const sent = answering(null, NEXT);
  beginSession(BEGUN);
  const stop = keepRenewing();
  await vi.advanceTimersByTimeAsync(58 * 60_000 - 1);
  expect(sent()).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(currentSession()?.accessToken).toBe('next');
  stop();
});

test('a session that is over is told, and not gone on with', async () => {
  beginSession(BEGUN);
  answering(OVER);
  expect(await renew()).toBe('over');
  expect([currentSession(), sessionHasExpired(), nextRenewal()]).toEqual([null, true, null]);
});

test('two who ask for it at once renew once', async () => {
  beginSession(BEGUN);
  const sent = answering(NEXT);
  expect(await Promise.all([renew(), renew()])).toEqual(['renewed', 'renewed']);
  expect(sent()).toHaveLength(1);
});

test('who signs out while the answer is on its way stays out', async () => {
  beginSession(BEGUN);
  answering(NEXT);
  const renewal = renew();
  endSession();
  await renewal;
  expect(currentSession()).toBe(null);
});

test('what was refused is asked for anew with the next token, and not for ever', async () => {
  beginSession(BEGUN);
  const key = currentSession()?.key;
  answering(NEXT, NEXT, NEXT);
  await recover();
  await recover();
  await recover();
  expect(currentSession()?.key).not.toBe(key);
  await recover();
  expect([currentSession(), sessionHasExpired()]).toEqual([null, true]);
});
