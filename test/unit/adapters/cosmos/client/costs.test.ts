import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { type AppendMode, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { between, isQuery, type Seen } from '../support/between.ts'

async function start(append: AppendMode = 'transactionalBatch') {
  const requests: Seen[] = []
  const client = new CosmosClient(between(cosmosEmulator(), (request) => void requests.push(request)))
  onTestFinished(() => client.dispose())
  const costs = new Map<string, number>()
  const onRequestCharge = ({ operation, charge }: { operation: string; charge: number }) =>
    void costs.set(operation, charge)
  const port = await openCosmosPort(client, { database: 'd', append, setup: true, onRequestCharge })
  onTestFinished(() => port.close())
  return { port, requests, costs }
}

let ids = 0
const events = (count: number) =>
  Array.from({ length: count }, () => ({ eventType: 'E', eventData: {}, metadata: { eventId: `e${ids++}` } }))

test.each(['transactionalBatch', 'storedProcedure'] as const)(
  'what a stream costs does not grow with the other streams of its physical partition, append: %s',
  async (append) => {
    const { port, costs } = await start(append)
    const { events: log } = port
    await log.append('a:1', events(4), { expectedVersion: 0 })
    const measure = async (streamId: string) => {
      const found: Record<string, number> = {}
      const { version } = await log.load(streamId)
      found.load = costs.get('load') ?? 0
      await log.append(streamId, events(1), { expectedVersion: version })
      found.expected = costs.get('append') ?? 0
      await log.append(streamId, events(1), { expectedVersion: 'any' })
      found.any = costs.get('append') ?? 0
      await log.tombstone(streamId, { metadata: { eventId: `${streamId} ends` } }, { expectedVersion: 'any' })
      found.tombstone = costs.get('tombstone') ?? 0
      await log.erase(streamId)
      found.erase = costs.get('erase') ?? 0
      return found
    }
    await log.append('a:2', events(4), { expectedVersion: 0 })
    const before = await measure('a:1')
    for (let i = 0; i < 20; i++) await log.append(`b:${i}`, events(60), { expectedVersion: 0 })
    const after = await measure('a:2')
    for (const [what, cost] of Object.entries(before)) {
      expect(cost, what).toBeGreaterThan(1)
      expect(after[what], what).toBeLessThan(cost * 1.1 + 1)
    }
  },
)

test('a query looks for events without a time of recording once in a while, not each time', async () => {
  const { port, requests } = await start()
  await port.events.append('a:1', events(3), { expectedVersion: 0 })
  const asked = async () => {
    requests.length = 0
    for await (const _ of port.events.query({}));
    return requests.filter((request) => isQuery(request) && request.body.includes('NOT IS_DEFINED')).length
  }
  expect([await asked(), await asked(), await asked()]).toEqual([1, 0, 0])
})

test('views that are dropped yield to all other requests, and go some at a time', async () => {
  const { port, requests } = await start()
  const view = { projection: 'p', version: 1, id: '', data: {}, incarnation: 'i', tidemarks: [] }
  for (let i = 0; i < 120; i++) await port.viewStore.save({ ...view, key: `k${i}` }, 'ifAbsent')
  requests.length = 0
  await port.viewStore.drop('p', 1)
  const documents = requests.filter(({ path }) => path.includes('/docs'))
  const priorities = new Set(documents.map(({ headers }) => headers['x-ms-cosmos-priority-level']))
  expect([...priorities]).toEqual(['Low'])
  expect(requests.filter(({ method }) => method === 'DELETE')).toHaveLength(120)
  const sizes = requests.filter(isQuery).map(({ headers }) => Number(headers['x-ms-max-item-count']))
  expect(Math.max(...sizes)).toBe(100)
})
