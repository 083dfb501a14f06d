import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// Mantine asks for these; the test's page has none of them.
Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
}));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {
      return undefined;
    }
    unobserve() {
      return undefined;
    }
    disconnect() {
      return undefined;
    }
  },
);

/** What one test's tab tells must not reach the tests beside it. */
class Alone {
  onmessage: unknown = null;
  postMessage() {
    return undefined;
  }
}
vi.stubGlobal('BroadcastChannel', Alone);

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});
