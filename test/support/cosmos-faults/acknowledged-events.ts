import type { SqlQuerySpec } from '@azure/cosmos'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import { HUSK, TOMBSTONE } from '../../../src/core/port/event-document.ts'
import type { LeaseDocument } from '../../../src/core/port/lease-store.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import type { InProcessEmulator } from '../../../src/cosmos-emulator/index.ts'
import type { FoldedEvent } from '../../../src/projections/projection.ts'
import type { StoredState } from '../../../src/testing/simulate/checks/checks.ts'
import { createLogRecord, type LogRecord } from '../../../src/testing/simulate/workload/log-record.ts'
import type { SimulatedData } from '../../../src/testing/simulate/workload/projections.ts'
import { unharmedClient } from './event-line.ts'
import { DATABASE } from './world.ts'

/** An event of the writers as the container holds it. */
export type StoredEvent = {
  readonly id: string
  readonly stream: { readonly id: string; readonly version: number }
  readonly eventType: string
  readonly eventData: SimulatedData & { readonly of: string; readonly index: number }
  readonly metadata: { readonly eventId: string; readonly recordedAt: string }
}

/** What is in the containers, past adapter, sessions and faults. */
export type Truth = {
  /** All events of a stream by their versions, also when it was erased since. */
  stream(id: string): Promise<readonly StoredEvent[]>
  /** Whether an event is no longer there, as far as `stream` was asked since. */
  isErased(streamId: string, version: number): boolean
  /** Whether a stream was ended, as far as `stream` was asked since. */
  isEnded(streamId: string): boolean
  /** What was appended to these streams. */
  log(streamIds: readonly string[]): Promise<LogRecord>
  state(): Promise<StoredState>
  /** Cuts as they are stored. */
  cuts(): Promise<readonly string[]>
  /** How many read at present, who must not be shown anything old. */
  readonly readers: number
}

/** Looks into the containers of an emulator. */
export function lookInto(emulator: InProcessEmulator): Truth {
  const ended = new Map<string, readonly StoredEvent[]>()
  const there = new Map<string, ReadonlySet<number>>()
  let readers = 0

  async function documents<T>(container: string, query: string | SqlQuerySpec, partitionKey?: string): Promise<T[]> {
    const client = unharmedClient(emulator)
    readers++
    try {
      const { items } = client.database(DATABASE).container(container)
      return (await items.query<T>(query, partitionKey === undefined ? {} : { partitionKey }).fetchAll()).resources
    } finally {
      readers--
      client.dispose()
    }
  }

  async function stream(id: string): Promise<readonly StoredEvent[]> {
    const events = await documents<StoredEvent>('events', 'SELECT * FROM c', id)
    events.sort((a, b) => a.stream.version - b.stream.version)
    const left = events.filter(({ eventType }) => eventType !== HUSK)
    there.set(id, new Set(left.map((event) => event.stream.version)))
    // The first look after its end comes before anything of it is erased.
    if (events.at(-1)?.eventType === TOMBSTONE && !ended.has(id)) ended.set(id, events)
    return ended.get(id) ?? events
  }

  async function cuts(): Promise<readonly string[]> {
    const [storage] = await documents<{ readonly cuts: readonly string[] }>('leases', 'SELECT * FROM c', '$storage')
    return storage?.cuts ?? []
  }

  return {
    stream,
    cuts,
    isErased: (streamId, version) => !there.get(streamId)?.has(version),
    isEnded: (streamId) => ended.has(streamId),
    async log(streamIds) {
      const log = createLogRecord()
      for (const streamId of streamIds) {
        for (const { eventType, eventData, stream: at } of await stream(streamId)) {
          const data = eventType === TOMBSTONE ? {} : { data: eventData }
          log.add({ type: eventType, ...data, streamId, version: at.version, metadata: {} } as unknown as FoldedEvent)
        }
      }
      return log
    },
    async state() {
      const [begins, views, leases] = await Promise.all([
        cuts(),
        documents<ViewDocument>('views', 'SELECT * FROM c'),
        documents<LeaseDocument>('leases', 'SELECT * FROM c'),
      ])
      const edges = new Set([...begins, ...emulator.partitions(DATABASE, 'events').map(({ min }) => min)])
      const mins = ['', ...[...edges].filter((hash) => hash !== '').sort()]
      const ranges: FeedRange[] = mins.map((min, i) => ({ min, max: mins[i + 1] ?? 'FF' }))
      const byId = new Map(leases.map((lease) => [lease.id, lease]))
      return { ranges, views, lease: (id) => byId.get(id) }
    },
    get readers() {
      return readers
    },
  }
}
