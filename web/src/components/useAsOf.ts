import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { readAsOf, unreadableAsOf, withAsOf } from '../lib/asOf';

/** The moment that the whole page is looked at; null is now. It lives in the address. */
export function useAsOf(): { asOf: string | null; unreadable: string | null; setAsOf: (asOf: string | null) => void } {
  const [params, setParams] = useSearchParams();
  const setAsOf = useCallback(
    (asOf: string | null) => setParams((before) => withAsOf(before, asOf), { replace: true }),
    [setParams],
  );
  return { asOf: readAsOf(params), unreadable: unreadableAsOf(params), setAsOf };
}

/** One filter or tab of the address. An empty value leaves the address. */
export function useParam(name: string, fallback = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === '' || value === fallback) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [name, fallback, setParams],
  );
  return [params.get(name) ?? fallback, set];
}
