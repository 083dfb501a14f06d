import { createClient, type Client } from 'graphql-ws';
import { setConnectionState } from './connection';
import { recover } from './renewal';
import { currentSession } from './session';

/** Close codes by which the server says that it does not know the token. */
const REFUSED = new Set([4401, 4403]);
const LONGEST_WAIT_MILLISECONDS = 10_000;

/** How long to wait before the next try: 0.5 s, doubling, with a little chance so that tabs do not come all at once. */
export function waitBeforeTry(tries: number, chance: number = Math.random()): number {
  const wait = Math.min(LONGEST_WAIT_MILLISECONDS, 500 * 2 ** Math.min(tries, 10));
  return Math.round(wait * (0.75 + chance / 2));
}

/** One WebSocket for every subscription of the page; it mends itself and says how it is. */
export function createSockets(url: string): Client {
  return createClient({
    url,
    lazy: true,
    lazyCloseTimeout: 3_000,
    keepAlive: 12_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (reason) => !(isClose(reason) && REFUSED.has(reason.code)),
    retryWait: (tries) => new Promise((resolve) => setTimeout(resolve, waitBeforeTry(tries))),
    connectionParams: () => {
      const session = currentSession();
      return session === null ? {} : { authorization: `Bearer ${session.accessToken}` };
    },
    on: {
      connecting: (isRetry) => setConnectionState(isRetry ? 'reconnecting' : 'connecting'),
      connected: () => setConnectionState('live'),
      closed: (event) => {
        if (isClose(event) && REFUSED.has(event.code)) void recover();
        setConnectionState(isClose(event) && event.code === 1000 ? 'idle' : 'reconnecting');
      },
    },
  });
}

function isClose(event: unknown): event is CloseEvent {
  return typeof event === 'object' && event !== null && 'code' in event && typeof event.code === 'number';
}

/** A subscription as it is sent. */
export interface Subscribing {
  query: string;
  variables: Record<string, unknown>;
}

/**
 * Keeps `after` at the newest cursor that was seen, so that a subscription which is taken up again on a mended
 * connection goes on where it stopped. The client sends the same payload object again; hence it is changed in place.
 */
export function rememberCursor(payload: Subscribing, data: unknown): void {
  if (typeof data !== 'object' || data === null || !payload.query.includes('$after')) return;
  for (const field of Object.values(data) as unknown[]) {
    if (typeof field === 'object' && field !== null && 'cursor' in field && typeof field.cursor === 'string') {
      payload.variables = { ...payload.variables, after: field.cursor };
    }
  }
}
