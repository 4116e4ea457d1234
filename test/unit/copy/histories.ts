import fc from 'fast-check'
import { StreamDeleted, StreamNotFound } from '../../../src/core/errors/append.ts'
import type { JsonObject } from '../../../src/core/json/json.ts'
import { PERIOD_CLOSED, PERIOD_OPENED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'

/** What somebody does to a log. */
export type Step =
  | { readonly kind: 'append'; readonly stream: number; readonly events: readonly EventSeed[]; readonly at: number }
  | { readonly kind: 'end'; readonly stream: number; readonly at: number }
  | { readonly kind: 'erase'; readonly stream: number; readonly limit: number }

type EventSeed = { readonly type: string; readonly data: JsonObject; readonly metadata: JsonObject }

const STREAMS = 4

const stream = fc.nat({ max: STREAMS - 1 })
// Clocks go back, and other hands have written the metadata.
const at = fc.integer({ min: Date.UTC(2019, 0), max: Date.UTC(2026, 0) })
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)))
const metadata = fc.dictionary(
  fc.constantFrom(
    'correlationId',
    'tenant',
    'ä',
    '__proto__',
    'constructor',
    'schemaVersion',
    'traceparent',
    '',
    '$own',
  ),
  json,
  { maxKeys: 3 },
)
const event: fc.Arbitrary<EventSeed> = fc.record({
  type: fc.constantFrom('Counted', 'Ähnliches', 'toString', PERIOD_OPENED, PERIOD_CLOSED),
  data: fc.dictionary(
    fc.string({ unit: 'binary' }).filter((name) => name.isWellFormed()),
    json,
    { maxKeys: 3 },
  ),
  metadata,
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      stream,
      at,
      events: fc.array(event, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), stream, at }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('erase' as const), stream, limit: fc.constantFrom(1, 2, 3, 1000) }),
  },
)

/** What happens to a log, in order. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(step, { maxLength: 40 })

let ids = 0

/** Does to a log what a history says, as far as its streams let it. */
export async function live(storage: StoragePort, steps: readonly Step[]): Promise<void> {
  for (const one of steps) {
    const streamId = `copied:${one.stream}`
    try {
      await take(storage, streamId, one)
    } catch (error) {
      if (!(error instanceof StreamDeleted) && !(error instanceof StreamNotFound)) throw error
    }
  }
}

async function take({ events }: StoragePort, streamId: string, one: Step): Promise<void> {
  if (one.kind === 'erase') {
    await events.erase(streamId, { limit: one.limit })
    return
  }
  const options = { expectedVersion: 'any', recordedAt: new Date(one.at) } as const
  if (one.kind === 'end') {
    await events.tombstone(streamId, { metadata: { eventId: `end-${ids++}`, reason: 'gone' } }, options)
    return
  }
  const batch = one.events.map(({ type, data, metadata }) => ({
    eventType: type,
    eventData: data,
    metadata: { ...metadata, eventId: `event-${ids++}` },
  }))
  await events.append(streamId, batch, options)
}
