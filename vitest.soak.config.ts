import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

// The long runs, which are made before a release: TIDEMARK_SOAK_MINUTES is how long each of them takes.
const env = { TIDEMARK_SOAK_MINUTES: process.env.TIDEMARK_SOAK_MINUTES || '10' }

const soak = mergeConfig(base, defineConfig({ test: { env } }))
const include = ['test/e2e/many-workers/**/*.test.ts', 'test/e2e/mongo/many-processes.test.ts']
export default { ...soak, test: { ...soak.test, include } }
