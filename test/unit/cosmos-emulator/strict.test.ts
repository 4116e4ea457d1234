import assert from 'node:assert/strict'
import { describe, expect, test } from 'vitest'
import {
  cosmosEmulator,
  type EmulatorOptions,
  FAULT_KINDS,
  STRICT,
  seededFaults,
} from '../../../src/cosmos-emulator/index.ts'
import { openInProcess, ordersOf, TRANSPORTS } from './support/emulators.ts'

// Every option is one or the other, or the compiler says so.
const OTHERS = {
  key: true,
  acceptsToken: true,
  clock: true,
  partitions: true,
  seed: true,
  staleReads: true,
  faults: true,
  multipleWriteRegions: true,
} as const
type Strictness = Exclude<keyof EmulatorOptions, keyof typeof OTHERS>

test('STRICT turns everything on that is off or wide by default', () => {
  const all: Readonly<Record<Strictness, boolean>> = {
    earlyPages: true,
    indexingTime: true,
    scalingTime: true,
    gatewayIds: true,
    sessionTokens: true,
    lsnsOfReads: true,
    metadataRequests: true,
    throughput: true,
    // Its default is that of the service.
    maxPartitionBytes: false,
    scripts: true,
  }
  const on = Object.entries(all).flatMap(([name, isOn]) => (isOn ? [name] : []))
  expect(Object.keys(STRICT).sort()).toEqual(on.sort())
})

describe.each(TRANSPORTS)('an emulator with all of STRICT, %s', (_, open) => {
  test('works with a client that keeps to the rules', async () => {
    await using opened = await open({ ...STRICT, partitions: 3, seed: 1 })
    const orders = await ordersOf(opened.client)
    for (let n = 0; n < 60; n++) await orders.items.create({ id: `${n}`, customer: `c${n % 5}`, n })
    const all = async (query: string) => (await orders.items.query(query).fetchAll()).resources
    assert.deepEqual(
      await all('SELECT VALUE c.n FROM c ORDER BY c.n'),
      Array.from({ length: 60 }, (_, n) => n),
    )
    assert.deepEqual(await all('SELECT VALUE COUNT(1) FROM c'), [60])
    const { headers } = await orders.item('1', 'c1').read({ consistencyLevel: 'Session' })
    assert.match(String(headers['x-ms-session-token']), /^\d+:0#\d+#3=\d+#10=-1$/)
  })
})

test('each kind of fault can be drawn at once with all of STRICT', async () => {
  const { hook, counts } = seededFaults({ seed: 3, kinds: FAULT_KINDS, rates: { migrating: 0.5, splitting: 0.5 } })
  await using opened = await openInProcess({ ...STRICT })
  const orders = await ordersOf(opened.client)
  opened.emulator.faults = hook
  const statuses = new Set<string>()
  for (let n = 0; n < 50; n++) {
    const done = orders.items.create({ id: `${n}`, customer: 'ann' })
    statuses.add(
      await done.then(
        () => '201',
        ({ code, substatus }) => `${code}/${substatus}`,
      ),
    )
  }
  assert.deepEqual([...statuses].sort(), ['201', '410/1007', '410/1008'])
  assert.ok(counts.migrating > 0 && counts.splitting > 0)
})

test('an answer that is no JSON can be a fault', async () => {
  const emulator = cosmosEmulator({ faults: () => ({ answer: { status: 502, body: '<html>Bad Gateway</html>' } }) })
  const { status, bodyAsText, headers } = await emulator.httpClient.sendRequest({
    url: `${emulator.endpoint}dbs`,
    method: 'GET',
    headers: [],
  })
  assert.deepEqual([status, bodyAsText, headers.get('content-type')], [502, '<html>Bad Gateway</html>', 'text/html'])
})
