import { defineConfig } from 'vitest/config';

/** The tests that need the real binary: `cargo build` comes first. */
export default defineConfig({
  test: {
    include: ['browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
