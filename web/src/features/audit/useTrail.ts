import { useState } from 'react';
import { useClient, useSubscription, type CombinedError } from 'urql';
import { graphql, readFragment } from '../../gql';
import type { AuditFilter, EntryFiguresFragment } from '../../gql/graphql';
import { prepend } from '../../lib/live';
import { EntryFigures } from './entries';
import { useKeptQuery } from '../../components/useKeptQuery';

const PAGE = 100;

const AuditEntries = graphql(`
  query AuditEntries($first: Int!, $after: Cursor, $filter: AuditFilter, $asOf: AsOf) {
    auditLog(first: $first, after: $after, filter: $filter, asOf: $asOf) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        position
        ...EntryFigures
      }
    }
  }
`);

const AuditTail = graphql(`
  subscription AuditTail($after: Cursor, $filter: AuditFilter) {
    auditLog(after: $after, filter: $filter) {
      cursor
      node {
        position
        ...EntryFigures
      }
    }
  }
`);

export interface Trail {
  entries: readonly EntryFiguresFragment[] | undefined;
  error: CombinedError | undefined;
  hasMore: boolean;
  isReadingMore: boolean;
  readMore: () => void;
  retry: () => void;
}

const keyOf = (entry: EntryFiguresFragment) => entry.position;

/** The trail, newest first: a first page, older pages as one scrolls, and what happens meanwhile on top. */
export function useTrail(filter: AuditFilter, asOf: string | null, isTailing: boolean): Trail {
  const client = useClient();
  const [first, readAgain] = useKeptQuery({ query: AuditEntries, variables: { first: PAGE, filter, asOf }, requestPolicy: 'network-only' });
  const [older, setOlder] = useState<{ of: string; entries: EntryFiguresFragment[]; cursor: string | null; hasMore: boolean } | null>(null);
  const [isReadingMore, setReadingMore] = useState(false);
  const about = JSON.stringify([filter, asOf]);
  const [tail] = useSubscription(
    { query: AuditTail, variables: { filter }, pause: !isTailing || asOf !== null },
    (seen: { about: string; entries: EntryFiguresFragment[] } | undefined, arrived) => ({
      about,
      entries: prepend(seen?.about === about ? seen.entries : [], [readFragment(EntryFigures, arrived.auditLog.node)], keyOf),
    }),
  );
  const page = first.data?.auditLog;
  const grown = older?.of === about ? older : null;
  const hasMore = grown?.hasMore ?? page?.pageInfo.hasNextPage ?? false;

  const readMore = () => {
    const after = grown?.cursor ?? page?.pageInfo.endCursor;
    if (isReadingMore || !hasMore || !after) return;
    setReadingMore(true);
    void client
      .query(AuditEntries, { first: PAGE, after, filter, asOf }, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data }) => {
        setReadingMore(false);
        if (!data) return;
        const { nodes, pageInfo } = data.auditLog;
        setOlder({
          of: about,
          entries: [...(grown?.entries ?? []), ...readFragment(EntryFigures, nodes)],
          cursor: pageInfo.endCursor,
          hasMore: pageInfo.hasNextPage,
        });
      });
  };
  const known = page && [...readFragment(EntryFigures, page.nodes), ...(grown?.entries ?? [])];
  const fresh = isTailing && asOf === null && tail.data?.about === about ? tail.data.entries : [];
  return {
    entries: known && prepend(known, fresh.toReversed(), keyOf),
    error: first.error,
    hasMore,
    isReadingMore,
    readMore,
    retry: () => readAgain({ requestPolicy: 'network-only' }),
  };
}
