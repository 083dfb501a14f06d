import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { Shape } from './Meaning';
import classes from './states.module.css';

/** The shape of what is coming: lines of text or rows of a table. */
export function LoadingRows({ rows = 5, height = 18 }: { rows?: number; height?: number }) {
  return (
    <div className={classes.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} width={`${100 - ((row * 13) % 34)}%`} radius={4} />
      ))}
    </div>
  );
}

export function LoadingBlock({ height }: { height: number }) {
  return (
    <div role="status" aria-label="Loading" className={classes.block} style={{ height }}>
      {height > 60 && <Skeleton height={14} width={160} radius={4} />}
      <Skeleton style={{ flex: 1 }} radius={4} />
    </div>
  );
}

/** What will stand here, and the one thing that fills it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Shape meaning="unknown" size={20} />
      <div>
        <p className={classes.title}>{title}</p>
        {children !== undefined && <div className={classes.text}>{children}</div>}
      </div>
    </div>
  );
}

/** A sentence of what failed and what to do, without the client's own prefixes. */
export function failureText(error: CombinedError): string {
  const [first] = error.graphQLErrors;
  if (first) return first.message;
  if (error.networkError) return 'The server did not answer. It may be starting, or the network is down.';
  return error.message;
}

/** Whether the reader's role does not show it, rather than that something went wrong. */
export function isForbidden(error: CombinedError | undefined): boolean {
  return error !== undefined && error.graphQLErrors.some((each) => each.extensions.code === 'FORBIDDEN');
}

export function Failing({ what, error, onRetry }: { what: string; error: CombinedError; onRetry?: () => void }) {
  if (isForbidden(error)) return <Empty title={`${what}: your role does not show this`}>An owner or an admin can give you another role.</Empty>;
  return (
    <div className={classes.failing} role="alert">
      <Shape meaning="bad" size={20} />
      <div>
        <p className={classes.title}>{what} could not be read</p>
        <p className={classes.text}>{failureText(error)}</p>
        {onRetry && (
          <Button size="xs" variant="default" mt={8} onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

interface Result<Data> {
  data?: Data;
  error?: CombinedError;
  fetching: boolean;
  stale: boolean;
}

/**
 * The four states of a panel. What was read before stays while it is read again; a failure then stands above it.
 */
export function Loaded<Data>({ what, result, onRetry, loading, isEmpty, empty, children }: {
  what: string;
  result: Result<Data>;
  onRetry: () => void;
  loading: ReactNode;
  isEmpty?: (data: Data) => boolean;
  empty?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  const { data, error } = result;
  if (data === undefined || data === null) {
    if (error) return <Failing what={what} error={error} onRetry={onRetry} />;
    return loading;
  }
  return (
    <>
      {error && <Failing what={what} error={error} onRetry={onRetry} />}
      {isEmpty?.(data) ? !error && empty : children(data)}
    </>
  );
}
