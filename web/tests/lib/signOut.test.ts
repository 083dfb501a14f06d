import { afterEach, expect, test, vi } from 'vitest';
import { beginSession, currentSession } from '../../src/lib/session';
import { signOut } from '../../src/lib/signOut';

const SESSION = { accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z', viewer: { id: 'ada', name: 'Ada', email: 'ada@example.org' } };

afterEach(() => vi.unstubAllGlobals());

function stubbed(answer: () => Promise<Response>) {
  const sent = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(answer);
  vi.stubGlobal('fetch', sent);
  return sent;
}

test('who signs out has left at once, and the server is told with their token', () => {
  const sent = stubbed(() => Promise.resolve(new Response('{}')));
  beginSession(SESSION);
  signOut();
  expect(currentSession()).toBe(null);
  const [url, init] = sent.mock.calls[0] ?? [];
  expect(url).toBe('/graphql');
  expect(init?.headers).toMatchObject({ authorization: 'Bearer token', 'x-csrf-token': '1' });
  expect(init?.keepalive).toBe(true);
  expect(JSON.parse(init?.body as string)).toMatchObject({ variables: { input: {} } });
  expect(init?.body).toContain('signOut(input: $input)');
});

test('a server that is away keeps nobody in', async () => {
  const sent = stubbed(() => Promise.reject(new TypeError('unreachable')));
  beginSession(SESSION);
  signOut();
  await Promise.allSettled(sent.mock.results.map((each) => each.value as Promise<Response>));
  expect(currentSession()).toBe(null);
});

test('who is out already tells the server nothing', () => {
  const sent = stubbed(() => Promise.resolve(new Response('{}')));
  signOut();
  expect(sent).not.toHaveBeenCalled();
});
