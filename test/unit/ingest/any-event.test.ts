import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CloudEvent } from '../../../src/cloud-events/cloud-event.ts'
import { inboxStream, toNewEvent } from '../../../src/cloud-events/to-new-event.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { anyCloudEvent } from '../../support/ingest/arbitrary-events.ts'
import { type HttpMessage, toBatch, toBinary, toStructured } from '../../support/ingest/encode.ts'
import { INGEST_SERVERS, send, serve } from '../../support/ingest/servers.ts'

// What is in the log of an event that was sent, as it was before.
async function storedOf(storage: ReturnType<typeof openMemory>, event: CloudEvent) {
  const { events } = await storage.events.load(inboxStream(event))
  const { eventType, eventData, metadata } = events[0] ?? {}
  const { recordedAt, salt, ...kept } = metadata ?? {}
  return { length: events.length, document: { eventType, eventData, metadata: kept } }
}

test.each(INGEST_SERVERS)('any CloudEvent is stored the same in each mode over %s', async (_, over) => {
  const modes: readonly ((event: CloudEvent) => HttpMessage)[] = [toBinary, toStructured, (event) => toBatch([event])]
  let storage = openMemory()
  // Each event begins with an empty log.
  const append = (...given: Parameters<typeof storage.events.append>) => storage.events.append(...given)
  await using server = await serve({ ...storage, events: { append } }, {}, over)
  await fc.assert(
    fc.asyncProperty(anyCloudEvent, async (event) => {
      const wanted = toNewEvent(event)
      fc.pre(wanted.eventData.$personal === undefined && wanted.eventData.$apart === undefined)
      for (const encode of modes) {
        storage = openMemory()
        const { headers, body } = encode(event)
        expect(await send(server.url, body, headers)).toMatchObject({ status: 201 })
        expect(await storedOf(storage, event)).toEqual({ length: 1, document: wanted })
        // Whatever mode it is sent in again, it is the same event.
        for (const other of modes) {
          const again = other(event)
          expect(await send(server.url, again.body, again.headers)).toMatchObject({ status: 200 })
        }
      }
    }),
    { numRuns: 40 },
  )
})
