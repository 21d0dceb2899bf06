import { defineConfig } from 'vitest/config';

/** The tests that need the real binary: `cargo build` comes first. */
export default defineConfig({
  test: {
    include: ['browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A second is little on a machine that others use as well.
    expect: { poll: { timeout: 10_000 } },
    fileParallelism: false,
  },
});
