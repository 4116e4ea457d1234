import { CosmosClient } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { costsOf, toRows } from '../../../bench/support/cosmos/cost-rows.ts'
import { createRequestMeter, rateOf } from '../../../bench/support/cosmos/request-meter.ts'
import { reaches } from '../../../bench/support/measure.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'

it('counts what goes over the wire, what the SDK asks for itself and what is refused included', async () => {
  const meter = createRequestMeter()
  const emulator = cosmosEmulator()
  const reached: string[] = []
  emulator.faults = ({ path }, response) => {
    if (response !== undefined) reached.push(path)
    return undefined
  }
  const { endpoint, key, httpClient } = emulator
  const options = { endpoint, key, httpClient, plugins: [meter.plugin] }
  using stack = new DisposableStack()
  const client = stack.adopt(new CosmosClient(options), (opened) => opened.dispose())
  const { database } = await client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/id' })
  await container.items.create({ id: 'here' })
  expect(meter.total.requests).toBe(reached.length)

  const read = await meter.costOf(() => container.item('here', 'here').read())
  expect(read).toEqual({ requests: 1, charge: 1 })
  const refused = await meter.costOf(() => container.items.create({ id: 'here' }).catch(() => {}))
  expect(refused.requests).toBe(1)
  expect(refused.charge).toBeGreaterThan(0)
  const query = await meter.costOf(() => container.items.query('SELECT * FROM c', { partitionKey: 'here' }).fetchNext())
  expect(query.requests, 'the query, and its plan').toBe(2)
  expect(meter.total.requests).toBe(reached.length)
})

it('gives rates by the second and the range', () => {
  expect(rateOf({ requests: 120, charge: 60 }, 10, 4)).toEqual({ requests: 3, charge: 1.5 })
})

it('counts the operation and not what comes before it, and takes the middle of the repetitions', async () => {
  const meter = createRequestMeter()
  const charges = [4, 9, 5]
  // A request as the SDK makes it, of which the meter sees only the answer.
  const request = (charge: number) =>
    meter.plugin.plugin({} as never, undefined as never, async () => ({
      result: null,
      headers: { 'x-ms-request-charge': String(charge) },
    }))
  const operation = {
    id: 'op',
    label: 'an operation',
    atMost: 1,
    async prepare() {
      await request(1000)
      return () => request(charges.pop() ?? 0)
    },
  }
  const rows = await costsOf(meter, 3, [operation])
  expect(rows).toMatchObject([
    { id: 'op-requests', value: 1, unit: 'requests', aim: { below: 2 }, spread: { low: 1, high: 1 } },
    { id: 'op-charge', value: 5, unit: 'RU', aim: null, spread: { low: 4, high: 9 } },
  ])
  expect(rows.map(reaches)).toEqual([true, true])
})

it('misses where an operation takes a request more than it may, and tells what Equinox publishes', () => {
  const told = { id: 'op', label: 'an operation', atMost: 2, beside: 'notModified' } as const
  const [requests, charge] = toRows(told, [{ requests: 3, charge: 1 }])
  expect(requests && reaches(requests)).toBe(false)
  expect(charge?.note).toContain('Equinox publishes, in RU: 1 ')
})
