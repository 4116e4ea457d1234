import type { JsonObject } from '../../../core/json/json.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { PositionToken } from '../../../core/positions/position-token.ts'
import type { FoldedEvent } from '../../../projections/projection.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import type { World } from '../world/world.ts'
import type { LogRecord } from './log-record.ts'
import type { SimulatedData } from './projections.ts'

/** An append that succeeded. */
export type Appended = { readonly streamId: string; readonly version: number; readonly position: PositionToken }

/** Writers that append while the workers run, without faults: other tests cover the guarantees of appends. */
export type Writers = {
  readonly streams: readonly string[]
  /** Appends to some stream, or to this one. Returns undefined if the stream has been deleted. */
  append(streamId?: string): Promise<Appended | undefined>
  /** Ends some stream. @returns its id */
  end(): Promise<string>
  /** Erases some of the events of an ended stream. @returns whether there are more */
  erase(streamId: string): Promise<boolean>
  /** How many events were appended. */
  readonly events: number
}

const KEYS = 8

/**
 * Creates the writers of a seed's streams.
 *
 * @param salted what the metadata of the next event contain besides its id
 */
export function createWriters(
  world: World,
  log: LogRecord,
  random: () => number,
  salted: () => JsonObject = () => ({}),
): Writers {
  const { db, trace } = world
  const streams = Array.from({ length: 1 + below(random, 12) }, (_, i) => `s:${i + 1}`)
  const types = ['Added', 'Added', 'Added', 'Added', 'Cleared', 'Unknown']
  // Some streams get much more than others.
  const some = () => streams[Math.floor(streams.length * random() ** 2)] as string
  let events = 0

  const record = (event: Pick<FoldedEvent, 'type' | 'streamId' | 'version'> & { readonly data?: SimulatedData }) =>
    log.add({ ...event, metadata: {} } as unknown as FoldedEvent)

  function make(): { type: string; data: SimulatedData } {
    const keys = Array.from({ length: below(random, 5) }, () => `k${below(random, KEYS)}`)
    return {
      type: oneOf(random, types),
      data: { amount: 1 + below(random, 9), keys, poisoned: world.faults.strikes('poison') },
    }
  }

  return {
    streams,
    get events() {
      return events
    },
    async append(streamId = some()) {
      if (db.state.streams.get(streamId)?.deleted) return undefined
      const news = Array.from({ length: 1 + below(random, 4) }, make)
      const documents = news.map(({ type, data }) => ({
        eventType: type,
        eventData: data,
        metadata: { eventId: `e${++events}`, ...salted() },
      }))
      const { version, position } = await db.events.append(streamId, documents, { expectedVersion: 'any' })
      const first = version - news.length + 1
      for (const [i, { type, data }] of news.entries()) record({ type, data, streamId, version: first + i })
      trace.note(`appended ${streamId} to ${version}`)
      return { streamId, version, position }
    },
    async end() {
      const streamId = some()
      const stream = db.state.streams.get(streamId)
      if (stream === undefined || stream.deleted) return streamId
      const marker = { metadata: { eventId: `end of ${streamId}` } }
      const { version } = await db.events.tombstone(streamId, marker, { expectedVersion: 'any' })
      record({ type: TOMBSTONE, streamId, version })
      trace.note(`ended ${streamId} at ${version}`)
      world.faults.count('deletion')
      return streamId
    },
    async erase(streamId) {
      if (!db.state.streams.get(streamId)?.deleted) return false
      const { done } = await db.events.erase(streamId, { limit: 1 + below(random, 5) })
      trace.note(`erased some of ${streamId}`)
      return !done
    },
  }
}
