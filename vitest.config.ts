// An old Node says so here, also when vitest is started by itself.
import './scripts/require-node.mjs'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/mongo/global-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A test that leaves a handle open is reported instead of hanging the run.
    teardownTimeout: 5_000,
  },
})
