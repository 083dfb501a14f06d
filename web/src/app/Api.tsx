import { useEffect, useMemo, type ReactNode } from 'react';
import { Provider } from 'urql';
import { createApiClient } from '../lib/client';
import { useSession } from '../lib/session';

/** A session has a client, a cache and a connection of its own: what one person read is never shown to the next. */
export function Api({ children }: { children: ReactNode }) {
  const key = useSession()?.key;
  // oxlint-disable-next-line react/exhaustive-deps -- the session is what makes a client another one
  const api = useMemo(() => createApiClient(), [key]);
  useEffect(() => api.close, [api]);
  return <Provider value={api.client}>{children}</Provider>;
}
