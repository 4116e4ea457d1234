import type { TestProjectInlineConfiguration, TestUserConfig } from 'vitest/config'

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
