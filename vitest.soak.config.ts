import './scripts/require-node.mjs'
import { defineConfig } from 'vitest/config'
import { servers, settings } from './vitest.settings.ts'

// The long runs, which are made before a release: TIDEMARK_SOAK_MINUTES is how long each of them takes that goes by time.
const env = { TIDEMARK_SOAK_MINUTES: process.env.TIDEMARK_SOAK_MINUTES || '10' }
const folders = ['crash', 'worker-crash', 'many-workers', 'cosmos-faults']

export default defineConfig({
  test: {
    ...servers,
    ...settings,
    env,
    fileParallelism: false,
    include: [
      'test/conformance/cosmos.test.ts',
      ...folders.map((folder) => `test/e2e/${folder}/**/*.test.ts`),
      'test/e2e/mongo/{many-processes,faults,failover,election}.test.ts',
    ],
  },
})
