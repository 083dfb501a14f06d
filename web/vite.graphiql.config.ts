import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** GraphiQL with its editors' workers, whole and offline. */
export default defineConfig({
  root: 'graphiql',
  base: '/graphiql/',
  publicDir: false,
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../../src/cdt/http/static/graphiql',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      onLog: (level, log, tell) => {
        // GraphiQL's packages carry hints for a compiler that has already run.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log);
      },
    },
  },
});
