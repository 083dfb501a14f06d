import { useLocation } from 'react-router';

/** Where the reader wanted to be before they had to sign in; it is handed on from page to page until they have. */
export function useWayBack(): { from: string } | undefined {
  const state: unknown = useLocation().state;
  const isPlace = typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string';
  return isPlace ? { from: state.from as string } : undefined;
}
