import { Button, Table } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { Failing, LoadingRows } from './states';

interface Page {
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** A page of a table's rows, and the next one below it when it is asked for. Each is read, and fails, by itself. */
export function MorePages<P extends Page>({ what, columns, result, onRetry, page, onRead, more, children }: {
  what: string;
  columns: number;
  result: { error?: CombinedError };
  onRetry: () => void;
  page: P | null | undefined;
  onRead?: (page: P) => void;
  more: (cursor: string) => ReactNode;
  children: (page: P) => ReactNode;
}) {
  const [isMore, setMore] = useState(false);
  useEffect(() => {
    if (page) onRead?.(page);
    // oxlint-disable-next-line react/exhaustive-deps -- told once for each page that was read
  }, [page]);
  const wide = (content: ReactNode) => <Table.Tr><Table.Td colSpan={columns}>{content}</Table.Td></Table.Tr>;
  if (!page) return wide(result.error ? <Failing what={what} error={result.error} onRetry={onRetry} /> : <LoadingRows rows={4} height={32} />);
  const { hasNextPage, endCursor } = page.pageInfo;
  return (
    <>
      {result.error && wide(<Failing what={`The newest of ${what.toLowerCase()}`} error={result.error} onRetry={onRetry} />)}
      {children(page)}
      {hasNextPage && endCursor && (isMore ? more(endCursor) : wide(<Button size="compact-sm" variant="default" onClick={() => setMore(true)}>Show more</Button>))}
    </>
  );
}
