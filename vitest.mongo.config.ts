import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

// What runs on a MongoDB server, and fails where none is found instead of being skipped.
const env = { TIDEMARK_TEST_MONGO: 'required' }

const mongo = mergeConfig(base, defineConfig({ test: { env } }))
const kills = [
  'test/e2e/crash/*.test.ts',
  'test/e2e/worker-crash/*.test.ts',
  'test/e2e/many-workers/many-workers.test.ts',
]
const include = [
  'test/adapters/mongo.test.ts',
  'test/unit/mongo/**/*.test.ts',
  'test/unit/open/mongo-url.test.ts',
  'test/e2e/mongo/**/*.test.ts',
  'test/e2e/import/real-meters.test.ts',
  ...kills,
]
export default { ...mongo, test: { ...mongo.test, include } }
