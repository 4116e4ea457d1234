import type { History } from '../model/operations.ts'
import { createRing, type Ring } from './ring.ts'
import { restored, type SavedMinutes, saved } from './saved-minutes.ts'

/** A history whose minutes can be stored and loaded again. */
export type MetricsHistory = History & {
  /**
   * The minutes that began from one time to another, the latter excluded, without series that have no value then.
   *
   * @param from milliseconds since 1970
   */
  save(from: number, to: number): SavedMinutes
  /** Adds what was saved where nothing is known, as far as it is not older than two days. */
  load(saved: SavedMinutes): void
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The steps and lengths of the rings of a series, from fine to coarse: 45 kB in all. */
export const RINGS: readonly { readonly step: number; readonly length: number }[] = [
  { step: SECOND, length: 600 },
  { step: 10 * SECOND, length: 2_160 },
  { step: MINUTE, length: 2_880 },
]

/** The most series that have a name of their own: with the rings above, 23 MB. */
const MOST_SERIES = 500

/** The sum of what has no series of its own. */
const OTHER = 'other'

// A series that had no value for so long, in milliseconds, makes room for a new one: instances come and go.
const FORGOTTEN_AFTER = 6 * 60 * MINUTE

/** `lastAdded` is when a value, known or not, was added last; -1 before the first one. */
type Series = { readonly rings: readonly Ring[]; lastKnown: number; lastAdded: number }

/** The options of a history. */
export type HistoryOptions = {
  /**
   * Milliseconds after which values are usually added. A value also holds for the time since the one before, if that is
   * not longer than half as much again; so there are no gaps in steps that are shorter, or when values come a little late.
   * Default 1,000.
   */
  readonly every?: number
  /** How many series are kept apart; default 500. */
  readonly most?: number
}

// Values may be so much later than usual, as a share of the usual time.
const LATE = 1.5

/** Creates an empty history. */
export function createHistory({ every = SECOND, most = MOST_SERIES }: HistoryOptions = {}): MetricsHistory {
  const all = new Map<string, Series>()
  let [before, latest] = [-1, -1]

  function create(name: string, at: number): Series {
    const series = { rings: RINGS.map(({ step, length }) => createRing(step, length)), lastKnown: at, lastAdded: -1 }
    all.set(name, series)
    return series
  }

  function seriesOf(name: string, at: number): Series | undefined {
    const known = all.get(name)
    if (known !== undefined || all.size - (all.has(OTHER) ? 1 : 0) < most) return known ?? create(name, at)
    const silent = [...all].filter(([other, { lastKnown }]) => other !== OTHER && at - lastKnown >= FORGOTTEN_AFTER)
    const [oldest] = silent.sort(([, a], [, b]) => a.lastKnown - b.lastKnown)
    if (oldest === undefined) return undefined
    all.delete(oldest[0])
    return create(name, at)
  }

  function addTo(series: Series, t: number, value: number | null, holds: boolean): void {
    if (value !== null) series.lastKnown = t
    for (const ring of series.rings) ring.add(t, value ?? Number.NaN, holds && series.lastAdded === before)
    series.lastAdded = t
  }

  return {
    names: () => [...all.keys()],
    add(t, values) {
      const holds = t >= latest && t - latest <= every * LATE
      ;[before, latest] = [latest, t]
      let other: number | null = null
      for (const [name, value] of Object.entries(values)) {
        // What was never known needs no room.
        const series = value === null ? all.get(name) : seriesOf(name, t)
        if (series !== undefined && name !== OTHER) addTo(series, t, value, holds)
        else if (value !== null) other = (other ?? 0) + value
      }
      if (other !== null) addTo(all.get(OTHER) ?? create(OTHER, t), t, other, holds)
    },
    read(name, from, step) {
      const fitting = RINGS.filter((ring) => ring.step >= step * SECOND)
      const reaching = fitting.find(
        (ring) => Math.floor(from / ring.step) > Math.floor(latest / ring.step) - ring.length,
      )
      const ring = reaching ?? (RINGS.at(-1) as (typeof RINGS)[number])
      const last = Math.floor(latest / ring.step)
      const first = Math.max(Math.floor(from / ring.step), last - ring.length + 1, 0)
      const found = all.get(name)?.rings.find((one) => one.step === ring.step) ?? createRing(ring.step, 1)
      const { average, maximum } = found.read(first, last)
      return {
        from: first * ring.step,
        step: ring.step / SECOND,
        average: Array.from(average, orNull),
        maximum: Array.from(maximum, orNull),
      }
    },
    save(from, to) {
      const [first, last] = [Math.ceil(from / MINUTE), Math.ceil(to / MINUTE) - 1]
      const minutes = [...all].flatMap(([name, { rings }]) => {
        const values = (rings.at(-1) as Ring).read(first, last)
        return values.average.every(Number.isNaN) ? [] : [[name, saved(values)] as const]
      })
      return { from: first * MINUTE, series: Object.fromEntries(minutes) }
    },
    load({ from, series: loaded }) {
      const first = Math.round(from / MINUTE)
      for (const [name, minutes] of Object.entries(loaded)) {
        const { average, maximum } = restored(minutes)
        const end = (first + average.length) * MINUTE
        const series = name === OTHER ? (all.get(OTHER) ?? create(OTHER, end)) : seriesOf(name, end)
        average.forEach((value, i) => {
          if (!Number.isNaN(value)) series?.rings.at(-1)?.restore(first + i, value, maximum[i] ?? value)
        })
        latest = Math.max(latest, end - MINUTE)
      }
    },
  }
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)
