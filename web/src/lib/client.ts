import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange, type CombinedError } from 'urql';
import { FROM_A_PAGE, recover } from './renewal';
import { createRereading } from './rereading';
import { currentSession, onSessionChange } from './session';
import { createSockets, rememberCursor } from './sockets';

/** Without text/event-stream, which the server would answer with a stream. */
const ACCEPT = 'application/graphql-response+json, application/json';

export function isUnauthenticated(error: CombinedError): boolean {
  const status = (error.response as Response | undefined)?.status;
  return status === 401 || error.graphQLErrors.some((each) => each.extensions.code === 'UNAUTHENTICATED');
}

/** The one client of the page: queries over HTTP, subscriptions over one WebSocket. A new session makes a new one. */
export function createApiClient(): { client: Client; close: () => void } {
  const url = new URL('/graphql', window.location.href);
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const sockets = createSockets(socketUrl.href);
  const rereading = createRereading();
  const client = new Client({
    url: url.href,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetchOptions: () => {
      const session = currentSession();
      return {
        headers: {
          accept: ACCEPT,
          ...FROM_A_PAGE,
          ...(session === null ? {} : { authorization: `Bearer ${session.accessToken}` }),
        },
      };
    },
    exchanges: [
      cacheExchange,
      rereading.exchange,
      mapExchange({
        onError: (error) => {
          if (isUnauthenticated(error) && currentSession() !== null) void recover();
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => {
          const payload = { query: request.query ?? '', variables: { ...request.variables } };
          return {
            subscribe: (sink) => ({
              unsubscribe: sockets.subscribe(payload, {
                next: (result) => {
                  rememberCursor(payload, result.data);
                  sink.next(result as Parameters<typeof sink.next>[0]);
                },
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              }),
            }),
          };
        },
      }),
    ],
  });
  rereading.watch(client);
  // A connection lasts as long as the token that it was opened with: with the next one it is taken up anew.
  let token = currentSession()?.accessToken;
  const stop = onSessionChange(() => {
    const next = currentSession()?.accessToken;
    if (next !== undefined && token !== undefined && next !== token) sockets.terminate();
    token = next;
  });
  const close = () => {
    stop();
    void sockets.dispose();
  };
  return { client, close };
}
