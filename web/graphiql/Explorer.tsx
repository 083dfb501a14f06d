import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { useEffect, useMemo, useState } from 'react';
import { recover } from '../src/lib/renewal';
import { currentSession, useSession, type Session } from '../src/lib/session';
import { EXAMPLES, variablesOf, type Known } from './examples';
import { SignIn } from './SignIn';

/** GraphiQL with the dashboard's session; without one it asks for it. */
export function Explorer() {
  const session = useSession();
  return session === null ? <SignIn /> : <SignedIn key={session.key} session={session} />;
}

/** As whoever is signed in just then: a token is renewed before it ends. */
function bearer(): Record<string, string> {
  const session = currentSession();
  return session === null ? {} : { authorization: `Bearer ${session.accessToken}` };
}

const FIRST_MODEL = `{
  models(first: 1) {
    nodes {
      id
      registeredAt
      intake { highWater }
      versions(first: 1) { nodes { id signature { classes columns { name kind } } } }
    }
  }
}`;

interface FirstModel {
  data?: {
    models: {
      nodes: {
        id: string;
        registeredAt: string;
        intake: { highWater: string | null };
        versions: { nodes: { id: string; signature: Pick<Known, 'classes' | 'columns'> }[] };
      }[];
    };
  };
}

async function firstModel(): Promise<Known | null> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      ...bearer(),
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: FIRST_MODEL }),
  });
  if (response.status === 401) void recover();
  const { data } = (await response.json()) as FirstModel;
  const model = data?.models.nodes[0];
  if (model === undefined) return null;
  const version = model.versions.nodes[0];
  return {
    modelId: model.id,
    registeredAt: model.registeredAt,
    highWater: model.intake.highWater,
    versionId: version?.id ?? '',
    classes: version?.signature.classes ?? [],
    columns: version?.signature.columns ?? [],
  };
}

function SignedIn({ session }: { session: Session }) {
  const [known, setKnown] = useState<Known | null | undefined>(undefined);
  const [openedAt] = useState(() => new Date());
  const { key } = session;
  useEffect(() => {
    firstModel().then(setKnown, () => setKnown(null));
  }, [key]);
  const fetcher = useMemo(() => {
    const socketUrl = new URL('/graphql', window.location.href);
    socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';
    return createGraphiQLFetcher({
      url: '/graphql',
      fetch: async (input, init) => {
        const response = await fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...bearer() } });
        if (response.status === 401 && currentSession() !== null) void recover();
        return response;
      },
      headers: { accept: 'application/graphql-response+json, application/json' },
      wsClient: createClient({ url: socketUrl.href, lazy: true, connectionParams: bearer }),
    });
  }, []);
  const tabs = useMemo(
    () => EXAMPLES.map(({ name, query }) => ({ query, variables: variablesOf(name, known ?? null, openedAt) })),
    [known, openedAt],
  );
  if (known === undefined) return null;
  return (
    <GraphiQL fetcher={fetcher} defaultTabs={tabs} shouldPersistHeaders={false}>
      <GraphiQL.Logo>
        <a className="home" href="/">CDT</a>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
