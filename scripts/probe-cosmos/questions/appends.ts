import { randomUUID } from 'node:crypto'
import { type AppendMode, openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import type { NewEventDocument } from '../../../src/core/port/event-document.ts'
import type { Question } from '../probe.ts'

const MODES: readonly AppendMode[] = ['transactionalBatch', 'storedProcedure']

const event = (): NewEventDocument => ({
  eventType: 'Measured',
  eventData: { value: 1, unit: 'kWh', note: 'x'.repeat(60) },
  metadata: { eventId: randomUUID() },
})

const events = (count: number): NewEventDocument[] => Array.from({ length: count }, event)

/** What the adapter's own calls cost, in both ways of appending. */
export const appends: Question = {
  name: 'what appends and reads cost',
  async *ask({ newClient, database, budget }) {
    for (const append of MODES) {
      let charge = 0
      const port = await openCosmosPort(newClient(), {
        database: database.id,
        append,
        onRequestCharge(one) {
          charge += one.charge
        },
      })
      const costOf = async (work: () => Promise<unknown>) => {
        charge = 0
        const began = performance.now()
        await work()
        budget.spend(charge)
        return `${charge.toFixed(1)} RU, ${(performance.now() - began).toFixed(0)} ms`
      }
      const streamId = `s:by-${append}`
      const repeated = events(1)
      const costs: (readonly [string, () => Promise<unknown>])[] = [
        ['1 event to a new stream', () => port.events.append(streamId, repeated, { expectedVersion: 0 })],
        ['1 event, a version expected', () => port.events.append(streamId, events(1), { expectedVersion: 1 })],
        ['1 event, any', () => port.events.append(streamId, events(1), { expectedVersion: 'any' })],
        ['10 events, a version expected', () => port.events.append(streamId, events(10), { expectedVersion: 3 })],
        ['a repeat', () => port.events.append(streamId, repeated, { expectedVersion: 0 })],
        [
          'a conflict',
          () => port.events.append(streamId, events(1), { expectedVersion: 1 }).catch((error: unknown) => error),
        ],
        ['load of 13 events', () => port.events.load(streamId)],
      ]
      try {
        for (const [what, work] of costs) {
          yield {
            what: `${append}: ${what}`,
            assumed: 'a few RU more by batch, and one round trip',
            found: await costOf(work),
          }
        }
      } finally {
        await port.close()
      }
    }
  },
}
