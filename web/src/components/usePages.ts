import { useState } from 'react';
import { useClient, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';
import { useKeptQuery } from './useKeptQuery';
import { useRefresh } from './useRefresh';

const REFRESH_MILLISECONDS = 10_000;

interface Page<Node> {
  nodes: readonly Node[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

export interface Pages<Node> {
  nodes: readonly Node[] | undefined;
  hasMore: boolean;
  isReadingMore: boolean;
  error: CombinedError | undefined;
  /** Why the older ones did not come. */
  moreError: CombinedError | undefined;
  readMore: () => void;
  retry: () => void;
}

/** A list, newest first: its first page, which is read again now and then until one reads on, and the older ones. */
export function usePages<Data, Variables extends AnyVariables, Node>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pageOf: (data: Data) => Page<Node>,
  isPast: boolean,
): Pages<Node> {
  const client = useClient();
  const about = JSON.stringify(variables);
  const [first, readAgain] = useKeptQuery<Data, Variables>({ query, variables });
  const [older, setOlder] = useState<({ of: string } & Page<Node>) | null>(null);
  const [more, setMore] = useState<{ of: string; error: CombinedError | undefined } | null>(null);
  const grown = older?.of === about ? older : null;
  const isReadingMore = more?.of === about && more.error === undefined;
  // A newer first page would end before the older ones begin.
  useRefresh(readAgain, isPast || grown !== null || isReadingMore ? null : REFRESH_MILLISECONDS);
  const page = first.data === undefined ? undefined : pageOf(first.data);
  const { hasNextPage, endCursor } = (grown ?? page)?.pageInfo ?? { hasNextPage: false };

  const readMore = () => {
    if (isReadingMore || !hasNextPage || !endCursor) return;
    setMore({ of: about, error: undefined });
    void client
      .query(query, { ...variables, after: endCursor }, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data, error }) => {
        setMore((now) => (now?.of !== about ? now : data ? null : { of: about, error }));
        if (!data) return;
        const next = pageOf(data);
        setOlder({ of: about, nodes: [...(grown?.nodes ?? []), ...next.nodes], pageInfo: next.pageInfo });
      });
  };
  return {
    nodes: page && [...page.nodes, ...(grown?.nodes ?? [])],
    hasMore: hasNextPage,
    isReadingMore,
    error: first.error,
    moreError: more?.of === about ? more.error : undefined,
    readMore,
    retry: () => readAgain({ requestPolicy: 'network-only' }),
  };
}
