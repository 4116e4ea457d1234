import { hashOf } from '../../../src/adapters/cosmos/partitions/hash.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { containsHash, type HashInterval } from '../../../src/core/positions/hash-interval.ts'

/** What an entry of a trail is about. */
export type About = {
  readonly streams?: readonly string[]
  readonly view?: { readonly projection: string; readonly key: string }
  readonly lease?: { readonly projection: string; readonly range: HashInterval }
}

/** What happened in a run, so that a failure can be told with all that led to it. */
export type Trail = {
  /** @param who the process */
  note(who: string, about: About, what: string): void
  /** What happened to the streams and views that a failure names, line by line; all that there is where it names none. */
  of(failure: string): readonly string[]
}

type Entry = { readonly at: number; readonly who: string; readonly about: About; readonly what: string }

// Enough for a run of some seconds about one stream; the end is what matters.
const MOST_LINES = 400

/** Begins a trail. */
export function createTrail(clock: Pick<Clock, 'now'>): Trail {
  const began = clock.now()
  const entries: Entry[] = []
  return {
    note: (who, about, what) => void entries.push({ at: clock.now() - began, who, about, what }),
    of(failure) {
      const named = namesIn(failure)
      const concerned = entries.filter(({ about }) => concerns(about, named))
      const left = concerned
        .slice(-MOST_LINES)
        .map(({ at, who, what }) => `${String(at).padStart(6)} ms ${who} ${what}`)
      const cut = concerned.length - left.length
      return cut === 0 ? left : [`… ${cut} earlier lines`, ...left]
    },
  }
}

const PROJECTIONS = ['per-stream', 'overall', 'many-keys']

type Named = {
  readonly streams: ReadonlySet<string>
  readonly projections: ReadonlySet<string>
  readonly keys: ReadonlySet<string>
}

function namesIn(failure: string): Named {
  return {
    streams: new Set(failure.match(/\bs:\d+/g)),
    projections: new Set(PROJECTIONS.filter((name) => failure.includes(name))),
    keys: new Set(failure.match(/\bs:\d+|\bk\d+\b|\ball\b/g)),
  }
}

function concerns({ streams = [], view, lease }: About, named: Named): boolean {
  const namesNothing = named.streams.size + named.projections.size === 0
  if (namesNothing || streams.some((stream) => named.streams.has(stream))) return true
  const isOfProjection = (projection: string) => named.projections.size === 0 || named.projections.has(projection)
  if (view && isOfProjection(view.projection) && named.keys.has(view.key)) return true
  if (lease === undefined || !isOfProjection(lease.projection)) return false
  const hashes = [...named.streams].map(hashOf)
  return hashes.length === 0 || hashes.some((hash) => containsHash(lease.range, hash))
}
