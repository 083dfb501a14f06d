import { useEffect } from 'react';

/**
 * Reads again every so many milliseconds; null is never. A tab that nobody sees does not ask, and asks at once when it
 * is looked at again.
 */
export function useRefresh(readAgain: (options: { requestPolicy: 'network-only' }) => void, milliseconds: number | null): void {
  useEffect(() => {
    if (milliseconds === null) return undefined;
    const read = () => {
      if (!document.hidden) readAgain({ requestPolicy: 'network-only' });
    };
    const timer = setInterval(read, milliseconds);
    document.addEventListener('visibilitychange', read);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', read);
    };
  }, [readAgain, milliseconds]);
}
