import { useState } from 'react';
import { useClient, type CombinedError } from 'urql';
import { graphql, readFragment } from '../../gql';
import type { AuditFilter, EntryFiguresFragment } from '../../gql/graphql';
import { newestFirst } from '../../lib/live';
import { EntryFigures } from './entries';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useLive } from '../../components/useLive';

const PAGE = 100;

const AuditEntries = graphql(`
  query AuditEntries($first: Int!, $after: Cursor, $filter: AuditFilter, $asOf: AsOf) {
    auditLog(first: $first, after: $after, filter: $filter, asOf: $asOf) {
      pageInfo {
        hasNextPage
        startCursor
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
  isReadingMore: boolean;
  /** Why the older entries did not come. */
  moreError: CombinedError | undefined;
  readMore: () => void;
  retry: () => void;
}

interface Older {
  of: string;
  entries: EntryFiguresFragment[];
  cursor: string | null;
  hasMore: boolean;
}

/** The trail, newest first: a first page, older pages as one scrolls, and what happens meanwhile on top. */
export function useTrail(filter: AuditFilter, asOf: string | null, isTailing: boolean): Trail {
  const client = useClient();
  const variables = { first: PAGE, filter, asOf };
  const about = JSON.stringify(variables);
  const [first, readAgain] = useKeptQuery({ query: AuditEntries, variables, requestPolicy: 'network-only' });
  const [older, setOlder] = useState<Older | null>(null);
  const [more, setMore] = useState<{ of: string; error: CombinedError | undefined } | null>(null);
  const page = first.data?.auditLog;
  // The page for another filter stands until this one's is there; older and newer entries are those of this one alone.
  const isThis = page !== undefined && JSON.stringify(first.operation?.variables) === about;
  const tail = useLive(
    { query: AuditTail, variables: { filter, after: page?.pageInfo.startCursor ?? null }, pause: !isTailing || asOf !== null || !isThis },
    (seen: { about: string; entries: EntryFiguresFragment[] } | undefined, arrived) => ({
      about,
      entries: [readFragment(EntryFigures, arrived.auditLog.node), ...(seen?.about === about ? seen.entries : [])],
    }),
  );
  const grown = older?.of === about ? older : null;
  const isReadingMore = more?.of === about && more.error === undefined;

  const readMore = () => {
    const after = grown ? grown.cursor : page?.pageInfo.endCursor;
    const hasMore = grown?.hasMore ?? page?.pageInfo.hasNextPage ?? false;
    if (!isThis || isReadingMore || !hasMore || !after) return;
    setMore({ of: about, error: undefined });
    void client
      .query(AuditEntries, { ...variables, after }, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data, error }) => {
        setMore((now) => (now?.of !== about ? now : data ? null : { of: about, error }));
        if (!data) return;
        const { nodes, pageInfo } = data.auditLog;
        const entries = [...(grown?.entries ?? []), ...readFragment(EntryFigures, nodes)];
        setOlder({ of: about, entries, cursor: pageInfo.endCursor, hasMore: pageInfo.hasNextPage });
      });
  };
  const fresh = isTailing && asOf === null && tail?.about === about ? tail.entries : [];
  return {
    entries: page && newestFirst([...fresh, ...readFragment(EntryFigures, page.nodes), ...(grown?.entries ?? [])]),
    error: first.error,
    isReadingMore,
    moreError: more?.of === about ? more.error : undefined,
    readMore,
    retry: () => readAgain({ requestPolicy: 'network-only' }),
  };
}
