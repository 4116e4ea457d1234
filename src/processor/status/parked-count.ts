import type { Clock } from '../../core/clock.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { readMarks } from '../parking/list-parked.ts'
import { listEntries, type ParkedEntry, removeEntry } from '../parking/parked-index.ts'

type Versioned = { readonly name: string; readonly version: number }

// How long a result is cached and how long one is waited for, in milliseconds; and the maximum number that is counted.
const FRESH = 2_000
const PATIENCE = 2_000
const MOST = 1_000

// A mark that was seen is checked again after this time: the process that removed it may have died before it removed
// the entry.
const SURE_FOR = 10_000

// Entries without a mark are checked each time, because the mark may be about to be saved; after this time a crash must
// have left them.
const LEFTOVER_AFTER = 60_000

/** The hashes of the events at which sequences of a projection are parked, one for each; at most 1,000. */
export type ParkedHashes = readonly string[]

/**
 * Creates a function that counts the parked sequences of a projection version by the index of parked sequences. It
 * reads the mark of each sequence from time to time, and never the view. It returns null if the count was not available
 * in time.
 */
export function createParkedCount(viewStore: ViewStore, clock: Clock) {
  type Asked = { readonly at: number; readonly hashes: Promise<ParkedHashes | null> }
  const asked = new Map<string, Asked>()
  const counts = new Map<string, ReturnType<typeof createCount>>()

  return ({ name, version }: Versioned): Promise<ParkedHashes | null> => {
    const id = `${name}:${version}`
    const before = asked.get(id)
    if (before && Math.abs(clock.now() - before.at) < FRESH) return before.hashes
    const count = counts.get(id) ?? createCount(viewStore, clock, { name, version })
    counts.set(id, count)
    const end = new AbortController()
    const late = clock.sleep(PATIENCE, end.signal).then(() => null)
    const hashes = Promise.race([count().catch(() => null), late]).finally(() => end.abort())
    asked.set(id, { at: clock.now(), hashes })
    return hashes
  }
}

type Seen = { readonly hash: string; readonly at: number } | { readonly unmarkedSince: number }

/** Counts one projection version, one count at a time: concurrent callers share the running one. */
function createCount(viewStore: ViewStore, clock: Clock, { name: projection, version }: Versioned) {
  // By the ETag of an entry: the hash, and when its view was seen parked, or since when it was not.
  let known = new Map<string, Seen>()
  let running: Promise<ParkedHashes> | undefined

  async function count(): Promise<ParkedHashes> {
    const { entries } = await listEntries(viewStore, { projection, version }, { limit: MOST })
    const before = known
    known = new Map(entries.flatMap(({ etag }) => (before.has(etag) ? [[etag, before.get(etag) as never]] : [])))
    const open = entries.filter(({ etag }) => !isSure(known.get(etag)))
    const keys = open.map(({ document }) => document.key)
    const marks = await readMarks(viewStore, { projection, version }, keys)
    for (const entry of open) await note(entry, marks.get(entry.document.key)?.event.hash)
    return [...known.values()].flatMap((one) => ('hash' in one ? [one.hash] : []))
  }

  const isSure = (seen: Seen | undefined): boolean =>
    seen !== undefined && 'hash' in seen && Math.abs(clock.now() - seen.at) < SURE_FOR

  async function note(entry: Stored<ViewDocument>, marked: string | undefined): Promise<void> {
    const { hash = marked } = entry.document.data as unknown as ParkedEntry
    if (marked !== undefined && hash !== undefined) {
      known.set(entry.etag, { hash, at: clock.now() })
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
