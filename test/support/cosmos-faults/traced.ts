import type { FeedPage, FeedRange } from '../../../src/core/port/change-feed.ts'
import type { LeaseDocument } from '../../../src/core/port/lease-store.ts'
import type { SaveCondition, SaveResult } from '../../../src/core/port/save.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { parkedMark } from '../../../src/projections/parking/parked-mark.ts'
import type { Record } from '../../../src/testing/simulate/workload/projections.ts'
import type { About, Trail } from './trail.ts'

/** A storage that notes in a trail what a process reads, appends and saves. */
export function traced(trail: Trail, who: string, port: StoragePort): StoragePort {
  const { events, feed, viewStore, leases } = port

  /** Notes how some work ended, where it did not go well, too. */
  async function noted<T>(about: About, what: string, work: Promise<T>, tell: (result: T) => string): Promise<T> {
    try {
      const result = await work
      trail.note(who, about, `${what} ${tell(result)}`)
      return result
    } catch (error) {
      trail.note(who, about, `${what} failed: ${(error as { code?: string }).code ?? error}`)
      throw error
    }
  }

  return {
    ...port,
    events: {
      ...events,
      append: (streamId, documents, options) =>
        noted(
          { streams: [streamId] },
          `append ${documents.map(({ metadata }) => metadata.eventId).join(' ')} to ${streamId}`,
          events.append(streamId, documents, options),
          ({ version, duplicate }) => `ended at ${version}${duplicate ? ', as before' : ''}`,
        ),
      tombstone: (streamId, marker, options) =>
        noted(
          { streams: [streamId] },
          `end of ${streamId}`,
          events.tombstone(streamId, marker, options),
          ({ version }) => `at ${version}`,
        ),
      erase: (streamId, options) =>
        noted({ streams: [streamId] }, `erasure of ${streamId}`, events.erase(streamId, options), ({ done }) =>
          done ? 'is done' : 'goes on',
        ),
    },
    feed: {
      ...feed,
      async read(range, from, options) {
        const page = await feed.read(range, from, options)
        for (const [streamId, what] of givenIn(page, range)) trail.note(who, { streams: [streamId] }, what)
        return page
      },
    },
    viewStore: {
      ...viewStore,
      save: (view, condition) =>
        noted(
          aboutView(view),
          `save of view ${toldView(view)}${over(condition)}`,
          viewStore.save(view, condition),
          saved,
        ),
    },
    leases: {
      ...leases,
      save: (lease, condition) =>
        noted({ lease }, `save of lease ${toldLease(lease)}${over(condition)}`, leases.save(lease, condition), saved),
    },
  }
}

/** What a page gave, stream by stream. */
function givenIn(page: FeedPage, { min, max }: FeedRange): ReadonlyMap<string, string> {
  const versions = Map.groupBy(page.events, ({ event }) => event.stream.id)
  const end = `${page.readTo}${page.caughtUp ? ', the end' : ''}`
  return new Map(
    [...versions].map(([streamId, events]) => {
      const places = events.map(({ event, position }) => `${event.stream.version}@${position.lsn}`).join(' ')
      return [streamId, `was given ${streamId} ${places} of range ${min}-${max} read to ${end}`]
    }),
  )
}

function aboutView({ projection, key, data }: ViewDocument): About {
  const seen = (data as Record | null)?.seen ?? {}
  return { streams: Object.keys(seen), view: { projection, key } }
}

function toldView(view: ViewDocument): string {
  const { projection, key, data, tidemarks } = view
  const seen = Object.entries((data as Record | null)?.seen ?? {}).map(
    ([id, versions]) => `${id}: ${versions.join(' ')}`,
  )
  const marks = tidemarks.map(({ min, max, lsn, version }) => `${min}-${max} ${lsn}/${version}`)
  const parked = parkedMark(view) ? `, parked: ${JSON.stringify(view.parked).slice(0, 200)}` : ''
  return `${projection} ${key} with {${seen.join('; ')}} up to [${marks.join(', ')}]${parked}`
}

const toldLease = ({ projection, range: { min, max }, owner, readTo }: LeaseDocument): string =>
  `${projection} ${min}-${max} of ${owner ?? 'nobody'} at ${readTo}`

const over = (condition: SaveCondition): string => (condition === 'ifAbsent' ? ', new' : ` over ${condition.ifMatch}`)

const saved = (result: SaveResult): string => (result.saved ? `took place: ${result.etag}` : 'came second')
