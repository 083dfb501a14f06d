import { useSyncExternalStore } from 'react';

/** What the user is told of the live connection. `idle` means that nothing on the screen is live. */
export type ConnectionState = 'idle' | 'connecting' | 'live' | 'reconnecting';

const listeners = new Set<() => void>();
let state: ConnectionState = 'idle';

export function connectionState(): ConnectionState {
  return state;
}

export function setConnectionState(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(subscribe, connectionState);
}
