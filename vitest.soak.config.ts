import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

// The long runs, which are made before a release: TIDEMARK_SOAK_MINUTES is how long each of them takes that goes by time.
const env = { TIDEMARK_SOAK_MINUTES: process.env.TIDEMARK_SOAK_MINUTES || '10' }

const soak = mergeConfig(base, defineConfig({ test: { env } }))
const folders = ['crash', 'worker-crash', 'many-workers', 'cosmos-faults']
export default {
  ...soak,
  test: {
    ...soak.test,
    include: [...folders.map((folder) => `test/e2e/${folder}/**/*.test.ts`), 'test/e2e/mongo/many-processes.test.ts'],
  },
}
