import './scripts/require-node.mjs'
import { defineConfig } from 'vitest/config'
import { servers, settings } from './vitest.settings.ts'

// What runs on a MongoDB server, and fails where none is found instead of being skipped.
const env = { TIDEMARK_TEST_MONGO: 'required' }
const kills = [
  'test/e2e/crash/*.test.ts',
  'test/e2e/worker-crash/*.test.ts',
  'test/e2e/many-workers/many-workers.test.ts',
]

export default defineConfig({
  test: {
    ...servers,
    ...settings,
    env,
    fileParallelism: false,
    include: [
      'test/conformance/mongo.test.ts',
      'test/unit/adapters/mongo/**/*.test.ts',
      'test/unit/open/mongo-url.test.ts',
      'test/unit/copy/copy-log.test.ts',
      'test/e2e/cli/copy.test.ts',
      'test/e2e/mongo/**/*.test.ts',
      'test/e2e/import/real-meters.test.ts',
      ...kills,
    ],
  },
})
