import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The dashboard: built into the Python package, so that running it needs no Node. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../src/cdt/http/static/dashboard',
    emptyOutDir: true,
    // The content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|react-router|scheduler)\// },
            { name: 'mantine', test: /node_modules\/@(mantine|floating-ui)\// },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/graphql': { target: process.env.CDT_API ?? 'http://127.0.0.1:8000', ws: true } },
  },
});
