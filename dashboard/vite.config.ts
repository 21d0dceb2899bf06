import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { mockApi } from './mock/plugin.ts';

const backend = process.env.GAD_URL ?? 'http://127.0.0.1:8000';

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), ...(mode === 'mock' ? [mockApi()] : [])],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  // The objects keep the browser's Host, with which the server compares Origin.
  server:
    mode === 'mock'
      ? {}
      : {
          proxy: {
            '/api': { target: backend },
            '/health': { target: backend },
            '/ws': { target: backend, ws: true },
          },
        },
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  test: {
    include: ['tests/**/*.test.ts', 'e2e/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second is little on a machine that others use as well.
    expect: { poll: { timeout: 10_000 } },
  },
}));
