import { reused } from '../../core/async/reused.ts'
import type { Clock } from '../../core/clock.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import type { ParkedMark } from '../../projections/parking/parked-mark.ts'
import { placeOf, readMarks } from '../parking/list-parked.ts'
import { listEntries, removeEntry } from '../parking/parked-index.ts'
import { MOST_COUNTED, type ParkedPlace, type ParkedPlaces } from '../parking/parked-places.ts'

type Versioned = { readonly name: string; readonly version: number }

// How long a result is cached and how long one is waited for, in milliseconds.
const FRESH = 2_000
const PATIENCE = 2_000

// A mark that was seen is checked again after this time: the process that removed it may have died before it removed
// the entry.
const SURE_FOR = 10_000

// Entries without a mark are checked each time, because the mark may be about to be saved; after this time a crash must
// have left them.
const LEFTOVER_AFTER = 60_000

/**
 * Creates a function that counts the parked sequences of a projection version by the index of parked sequences. It
 * reads the mark of each sequence from time to time, and never the view. It returns null if the count was not available
 * in time.
 */
export function createParkedCount(viewStore: ViewStore, clock: Clock) {
  const counts = new Map<string, () => Promise<ParkedPlaces | null>>()

  return ({ name, version }: Versioned): Promise<ParkedPlaces | null> => {
    const id = `${name}:${version}`
    const known = counts.get(id) ?? reused(clock, FRESH, inTime(createCount(viewStore, clock, { name, version })))
    counts.set(id, known)
    return known()
  }

  function inTime(count: () => Promise<ParkedPlaces>): () => Promise<ParkedPlaces | null> {
    return () => {
      const end = new AbortController()
      const late = clock.sleep(PATIENCE, end.signal).then(() => null)
      return Promise.race([count().catch(() => null), late]).finally(() => end.abort())
    }
  }
}

type Seen = (ParkedPlace & { readonly at: number }) | { readonly unmarkedSince: number }

/** Counts one projection version, one count at a time: concurrent callers share the running one. */
function createCount(viewStore: ViewStore, clock: Clock, { name: projection, version }: Versioned) {
  // By the ETag of an entry: its place, and when its view was seen parked, or since when it was not.
  let known = new Map<string, Seen>()
  let running: Promise<ParkedPlaces> | undefined

  async function count(): Promise<ParkedPlaces> {
    const which = { projection, version }
    const { entries, next } = await listEntries(viewStore, which, { limit: MOST_COUNTED })
    const before = known
    known = new Map(entries.flatMap(({ etag }) => (before.has(etag) ? [[etag, before.get(etag) as never]] : [])))
    const open = entries.filter(({ etag }) => !isSure(known.get(etag)))
    const keys = open.map(({ document }) => document.key)
    const marks = await readMarks(viewStore, which, keys)
    for (const entry of open) await note(entry, marks.get(entry.document.key))
    const places = [...known.values()].flatMap((one) => ('hash' in one ? [one] : []))
    return { places, more: next !== undefined }
  }

  const isSure = (seen: Seen | undefined): boolean =>
    seen !== undefined && 'hash' in seen && Math.abs(clock.now() - seen.at) < SURE_FOR

  async function note(entry: Stored<ViewDocument>, mark: ParkedMark | undefined): Promise<void> {
    if (mark !== undefined) {
      known.set(entry.etag, { ...placeOf(entry, mark), at: clock.now() })
      return
    }
    const seen = known.get(entry.etag)
    const unmarkedSince = seen && 'unmarkedSince' in seen ? seen.unmarkedSince : clock.now()
    known.set(entry.etag, { unmarkedSince })
    if (clock.now() - unmarkedSince >= LEFTOVER_AFTER) await removeEntry({ viewStore }, entry)
  }

  return () => {
    running ??= count().finally(() => {
      running = undefined
    })
    return running
  }
}
