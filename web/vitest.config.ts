import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** The dashboard's tests; apart from the build, which needs none of their packages. */
export default defineConfig({
  plugins: [react()],
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}'],
    env: { TZ: 'UTC' },
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    // One page for many files: most of the time went into making pages.
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    // What waits for ever is ended and named; a machine that is busy with other tests is no failure.
    testTimeout: 60_000,
  },
});
