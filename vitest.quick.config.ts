import './scripts/require-node.mjs'
import { defineConfig } from 'vitest/config'
import { settings } from './vitest.settings.ts'

// The core, in memory: what every change should pass before anything longer is run.
const folders = ['core', 'aggregates', 'projections', 'views', 'reactions', 'copy']

export default defineConfig({
  test: {
    ...settings,
    maxWorkers: 2,
    include: [
      ...folders.map((folder) => `test/unit/${folder}/**/*.test.ts`),
      'test/unit/processor/{many-views,page-failures,merged-views}.test.ts',
      'test/conformance/memory.test.ts',
    ],
    // It looks for a MongoDB server, which takes longer than all the rest.
    exclude: ['test/unit/copy/copy-log.test.ts'],
  },
})
