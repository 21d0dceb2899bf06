import { defineConfig } from 'vitest/config';

/** The tests that need the real binary: `cargo build` comes first. */
export default defineConfig({
  test: {
    include: ['browser/**/*.test.ts'],
    // Ends what hangs; on a busy machine a browser takes its time.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: false,
  },
});
