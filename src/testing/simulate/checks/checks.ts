import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import { leaseId } from '../../../core/port/lease-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { type ViewDocument, viewId } from '../../../core/port/view-store.ts'
import { keyOfPart } from '../../../core/positions/view-slices.ts'
import { parkedSequences } from '../../../processor/replay/parked-sequences.ts'
import { listVersions } from '../../../processor/versions/listing/list-versions.ts'
import { parkedMark } from '../../../projections/parking/parked-mark.ts'
import type { Projection } from '../../../projections/projection.ts'
import type { MemoryState } from '../../memory/state.ts'
import type { LogRecord } from '../workload/log-record.ts'
import { type Record, simulatedProjections } from '../workload/projections.ts'
import { differences, type Truth } from './compare.ts'

/** What is stored, as only a test can see it: all of it, and the latest state. */
export type StoredState = {
  readonly ranges: readonly FeedRange[]
  readonly views: readonly ViewDocument[]
  lease(id: string): LeaseDocument | undefined
}

/** What has a lease for each range. */
export type Leased = Pick<Projection, 'name' | 'version'>

/** The leases of the current ranges, one for each projection; undefined if there is none yet. */
export function leasesOf(
  { ranges, leases }: MemoryState,
  projections: readonly Leased[] = simulatedProjections,
): (LeaseDocument | undefined)[] {
  return projections.flatMap(({ name, version }) =>
    ranges.map((range) => {
      const stored = leases.get(leaseId(name, version, range))
      return stored && (JSON.parse(stored.json) as LeaseDocument)
    }),
  )
}

/** What is still to be done, or undefined once every range was read to its end and is owned by one of the workers. */
export function unsettled(
  state: MemoryState,
  running: readonly string[],
  projections: readonly Leased[] = simulatedProjections,
): string | undefined {
  for (const range of state.ranges) {
    const partition = state.partitions.find(({ min, max }) => min <= range.min && max >= range.max)
    const last = partition?.appends.findLast(({ streamId }) => {
      const hash = state.streams.get(streamId)?.hash ?? ''
      return hash >= range.min && hash < range.max
    })
    for (const { name, version } of projections) {
      const id = leaseId(name, version, range)
      const stored = state.leases.get(id)
      if (stored === undefined) return `there is no lease ${id}`
      const { owner, readTo } = JSON.parse(stored.json) as LeaseDocument
      if (owner === null || !running.includes(owner)) return `lease ${id} is owned by ${owner}, not by a running worker`
      if (readTo < (last?.lsn ?? 0))
        return `lease ${id} of ${owner} is at ${readTo}, but there are events up to ${last?.lsn}`
    }
  }
  return undefined
}

/** What is stored in memory. */
export function storedState({ ranges, views, leases }: MemoryState): StoredState {
  return {
    ranges,
    views: [...views.values()].map(({ json }): ViewDocument => JSON.parse(json)),
    lease(id) {
      const stored = leases.get(id)
      return stored && (JSON.parse(stored.json) as LeaseDocument)
    },
  }
}

/** The views whose sequences are parked, according to their own documents. */
export function parkedViews(views: readonly ViewDocument[]): ViewDocument[] {
  return views.filter((view) => parkedMark(view))
}

/** How the reports about parked sequences differ from the views. */
export async function wrongCounts(
  db: StoragePort,
  views: readonly ViewDocument[],
  projections: readonly Projection[] = simulatedProjections,
): Promise<string[]> {
  const parked = parkedViews(views)
  const wrong: string[] = []
  const of = ({ name, version }: Pick<Projection, 'name' | 'version'>) =>
    parked.filter((view) => view.projection === name && view.version === version).map(({ key }) => key)
  for (const projection of projections) {
    const keys = of(projection)
    const { items } = await parkedSequences(db, projection).list({ limit: 1_000 })
    const listed = items.map(({ key }) => key)
    if (listed.toSorted().join(' ') === keys.toSorted().join(' ')) continue
    wrong.push(`of ${projection.name}, ${keys.join(' ')} are parked, but ${listed.join(' ')} are listed`)
  }
  for (const { projection: name, version, parked: told } of await listVersions(db)) {
    const count = of({ name, version }).length
    if (told !== count) wrong.push(`${count} sequences of ${name}:${version} are parked, but ${told} are reported`)
  }
  return wrong
}

/** How the stored views differ from a plain fold of the log. */
export function wrongViews(
  views: readonly ViewDocument[],
  log: LogRecord,
  isErased: Truth['isErased'],
  projections: readonly Projection<Record>[] = simulatedProjections,
): string[] {
  const truth = { streams: log.streams, isErased }
  const found: string[] = []
  for (const projection of projections) {
    const { name, version } = projection
    const expected = log.plainFold(projection)
    const stored = storedOf(projection, views)
    for (const key of new Set([...expected.keys(), ...stored.keys()])) {
      const data = stored.get(key) ?? null
      const wrong = differences(data, expected.get(key) ?? null, truth)
      if (data !== null && data.made !== version) wrong.push(`made by version ${data.made}`)
      found.push(...wrong.map((what) => `view ${viewId({ projection: name, version, key })}: ${what}`))
    }
  }
  return found
}

/** The data of a projection's views by key; views stored in parts are merged. */
function storedOf(projection: Projection<Record>, views: readonly ViewDocument[]): Map<string, Record | null> {
  const { name, version, merge } = projection
  const stored = new Map<string, Record | null>()
  for (const document of views) {
    if (document.projection !== name || document.version !== version) continue
    const data = document.data as Record | null
    const key = merge ? keyOfPart(document.key) : document.key
    const other = stored.get(key)
    stored.set(key, merge && other && data ? merge(other, data) : (data ?? other ?? null))
  }
  return stored
}

/**
 * Views that cannot result from any number of events in the order of their streams: of versions that need not have
 * reached the end of the feed, but must not have lost anything on the way.
 */
export function impossibleViews(
  views: readonly ViewDocument[],
  log: LogRecord,
  isDeleted: (streamId: string) => boolean,
  projection: Projection<Record>,
): string[] {
  const found: string[] = []
  for (const [key, data] of storedOf(projection, views)) {
    for (const [streamId, seen] of Object.entries(data?.seen ?? {})) {
      if (isDeleted(streamId) || log.foldedOf(seen, { projection, key }, streamId, 0) !== undefined) continue
      found.push(`view ${projection.name}:${projection.version}:${key} has folded ${seen} of ${streamId}`)
    }
  }
  return found
}
