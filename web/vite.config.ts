import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.OFFHOOK_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [tanstackRouter({ target: 'react', autoCodeSplitting: true }), react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    // Older targets make the CSS minifier rewrite light-dark(), which breaks dark mode.
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
});
