import { useEffect } from 'react';

/** The name of the screen in the browser's tab. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? 'CDT' : `${title} · CDT`;
  }, [title]);
}
