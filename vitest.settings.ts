import type { TestUserConfig } from 'vitest/config'

/** What holds for every run of tests. */
export const settings: TestUserConfig = {
  pool: 'forks',
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // A test that leaves a handle open is reported instead of hanging the run.
  teardownTimeout: 5_000,
}
