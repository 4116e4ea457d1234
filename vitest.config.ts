// An old Node says so here, also when vitest is started by itself.
import './scripts/require-node.mjs'
import { defineConfig } from 'vitest/config'
import { servers, settings, shared, unshared } from './vitest.settings.ts'

// Nobody should have to guess whether it hangs. Named files are soon done.
if (process.argv.slice(2).join(' ') === 'run') {
  console.log('All tests take about 15 minutes on two cores; npm run test:quick takes less than two.')
}

// Processes whose outcome is compared, but never how long they take.
const compared =
  'test/e2e/{amqp,browser,cli,cosmos-demo,cosmos-faults,dashboard,demo,import,ingest,nats,shop,simulate,two-services}/**/*.test.ts'

// What kills processes, or waits for them no longer than a while, runs alone and after the rest, so that times mean
// something there.
export default defineConfig({
  test: {
    ...servers,
    projects: [
      {
        test: {
          ...settings,
          name: 'shared',
          ...shared,
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...settings,
          name: 'parts',
          include: unshared,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...settings,
          name: 'processes',
          include: [compared],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...settings,
          name: 'whole',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [compared],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
