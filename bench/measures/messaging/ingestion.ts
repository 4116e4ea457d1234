import fastify, { type FastifyInstance } from 'fastify'
import { openEmbedded } from '../../../src/embedded.ts'
import type { Storage } from '../../../src/index.ts'
import { ingestion, ingestPlugin } from '../../../src/ingest/index.ts'
import type { SendingRound } from '../../processes/event-sender.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { startProcess } from '../../support/process.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const BATCH = 100

/**
 * Events that another process sends over HTTP to a fastify server: to the route of ingestion, one by one and in batches,
 * and to a bare route that appends what it gets and validates nothing.
 */
export const ingestionMeasure: Measure = {
  id: 'ingestion',
  title: 'events in over HTTP',

  async run({ folder, quick, repetitions, until }) {
    const count = quick ? 4_000 : 40_000
    await using storage = await openEmbedded(folder)
    const api = fastify({ forceCloseConnections: true })
    await api.register(ingestPlugin(ingestion(storage, { authenticate: 'none' })))
    addBareRoute(api, storage)
    const { port } = new URL(await api.listen({ port: 0, host: '127.0.0.1' }))
    try {
      await using sender = startProcess('processes/event-sender.ts', [port])
      const rate = async (round: Omit<SendingRound, 'events'>, events = count): Promise<number> => {
        const answer = sender.message<number>()
        sender.send(JSON.stringify({ ...round, events }))
        return events / (await answer)
      }
      const structured = 'application/cloudevents+json'
      const batched = 'application/cloudevents-batch+json'
      const rates = await interleave(
        repetitions,
        {
          single: (n) => rate({ path: '/events', contentType: structured, name: `s${n}`, size: 1 }),
          bare: (n) => rate({ path: '/bare', contentType: 'application/json', name: `b${n}`, size: 1 }),
          batch: (n) => rate({ path: '/events', contentType: batched, name: `x${n}`, size: BATCH }, count * 5),
        },
        until,
      )
      const peer = 'a fastify route that parses JSON, appends it with its id, and validates nothing'
      return [
        against(
          peer,
          row('ingestion', 'events of single requests', ratioOf(rates.single, rates.bare), 'x', { atLeast: 0.7 }),
        ),
        against(
          'the same events in single requests',
          row('ingestion-batch', `events in batches of ${BATCH}`, ratioOf(rates.batch, rates.single), 'x', {
            atLeast: 5,
          }),
        ),
        row('ingestion-rate', 'single requests a second', summarise(rates.single), '/s'),
        row('ingestion-batch-rate', 'events a second in batches', summarise(rates.batch), '/s'),
      ]
    } finally {
      await api.close()
    }
  },
}

type Sent = { readonly id: string; readonly type: string; readonly subject: string; readonly data: { day: string } }

function addBareRoute(api: FastifyInstance, storage: Storage): void {
  api.post<{ Body: Sent }>('/bare', async ({ body: { id, type, subject, data } }, reply) => {
    const event = { eventType: type, eventData: data, metadata: { eventId: id } }
    const result = await storage.events.append(`bare-${subject}`, [event], { expectedVersion: 'any' })
    reply.code(201).header('tidemark-position', result.position)
    return result
  })
}
