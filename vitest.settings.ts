import { readdirSync } from 'node:fs'
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

// Files of these folders share processes, which saves a third of their time.
const sharing = [
  ...['aggregates', 'cloud-events', 'connectors', 'copy', 'core', 'cosmos-emulator', 'create-tidemark', 'dashboard'],
  ...['demo', 'http', 'ingest', 'integrity', 'messaging', 'open', 'operations', 'privacy', 'processor', 'projections'],
  ...['reactions', 'rules', 'service-bus-emulator', 'testing', 'timers', 'uniqueness', 'views'],
]

/** The tests that share processes, but for those that replace modules or what is global. */
export const shared = {
  include: sharing.map((folder) => `test/unit/${folder}/**/*.test.ts`),
  exclude: [
    'test/unit/**/mutations.test.ts',
    'test/unit/core/{clock,type-stripping}.test.ts',
    // Ids of a process never go back in time, and theirs are far in the future.
    'test/unit/core/append/uuid.test.ts',
    'test/unit/dashboard/api/causation.test.ts',
    'test/unit/dashboard/ui/live/stream/leader.test.ts',
    'test/unit/demo/shop/subjects-in-redis.test.ts',
    'test/unit/messaging/simulation.test.ts',
    'test/unit/open/vault/opening/*.test.ts',
  ],
}

const alone = readdirSync(new URL('./test/unit', import.meta.url)).filter((folder) => !sharing.includes(folder))

/** The tests each file of which has a process. */
export const unshared = [
  'test/{conformance,meta}/**/*.test.ts',
  ...alone.map((folder) => `test/unit/${folder}/**/*.test.ts`),
  ...shared.exclude,
]
