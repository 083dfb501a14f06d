const AGAIN_MILLISECONDS = 60_000;
const RELOADED_KEY = 'cdt.reloaded';

/**
 * Another release has other files: a tab that was open before can't load the screens that it has not shown yet, and only
 * loading it anew helps. At most once a minute, so that a server that is away is told as what it is.
 */
export function reloadForAnotherRelease(reload: () => void): void {
  window.addEventListener('vite:preloadError', () => {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED_KEY) ?? 0) < AGAIN_MILLISECONDS) return;
    sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
    reload();
  });
}
