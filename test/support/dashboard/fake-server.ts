// Shows the pages without a storage: `node test/support/dashboard/fake-server.ts [degraded|healthy|unknown] [viewer]`.
import { type FakeOptions, startFakeDashboard } from './fake-dashboard.ts'

const [scenario = 'degraded', role = 'operator'] = process.argv.slice(2)
const { link } = await startFakeDashboard({
  port: Number(process.env.PORT ?? 0),
  scenario: scenario as NonNullable<FakeOptions['scenario']>,
  role: role as NonNullable<FakeOptions['role']>,
})
process.stdout.write(`dashboard  ${link}\n`)
