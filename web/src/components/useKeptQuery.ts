import { useEffect, useState } from 'react';
import { useQuery, type AnyVariables, type UseQueryArgs, type UseQueryResponse } from 'urql';

const AGAIN_MILLISECONDS = 3_000;

/** Whether an answer holds nothing: where a field fails, what it belongs to is null, which is not the same as absent. */
function isNothing(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.values(data).every((value) => value === null);
}

/**
 * A query whose last answer stays on the screen while the server can't be reached, beside the failure. It is asked
 * again by itself until the connection is mended. An answer for other variables is never kept.
 */
export function useKeptQuery<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data>,
): UseQueryResponse<Data, Variables> {
  const [result, readAgain] = useQuery(args);
  const about = JSON.stringify(args.variables ?? {});
  const [kept, setKept] = useState<{ about: string; data: Data } | null>(null);
  const data = result.error && isNothing(result.data) ? undefined : result.data;
  if (data !== undefined && !result.stale && !result.fetching && !result.error && (kept === null || kept.about !== about || kept.data !== data)) {
    setKept({ about, data });
  }
  const isCut = result.error?.networkError !== undefined && !result.fetching;
  useEffect(() => {
    if (!isCut) return undefined;
    const timer = setTimeout(() => readAgain({ requestPolicy: 'network-only' }), AGAIN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isCut, readAgain]);
  return [{ ...result, data: data ?? (kept?.about === about ? kept.data : undefined) }, readAgain];
}
