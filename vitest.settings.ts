import { fileURLToPath } from 'node:url'
import type { TestProjectInlineConfiguration, TestUserConfig } from 'vitest/config'

// Tests start thousands of threads and processes from the sources. What one of them has stripped of types and compiled,
// the next ones load from here. The workers of Vitest inherit the variable, and everything that they start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('./node_modules/.cache/tests', import.meta.url))

/** What holds for every run of tests. */
export const settings: TestProjectInlineConfiguration['test'] = {
  pool: 'forks',
  testTimeout: 30_000,
  hookTimeout: 30_000,
}

/** What a run has once, however many projects it is made of. */
export const servers: TestUserConfig = {
  globalSetup: ['test/support/mongo/global-setup.ts'],
  // A test that leaves a handle open is reported instead of hanging the run.
  teardownTimeout: 5_000,
}
