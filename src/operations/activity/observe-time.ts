import type { Snapshot } from '../model/snapshot.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Records } from '../store/records.ts'
import type { SeenInstance } from './instance-record.ts'
import { unwatched, watched } from './watch-record.ts'

/** Adds up in which seconds services responded, and records it once a minute; and in which time nothing was watched. */
export type ObserveTime = (snapshot: Snapshot, seen: readonly SeenInstance[] | null) => void

/** A shorter time without a look is not worth an event: milliseconds. */
export const LEAST_GAP = 60_000

const MOST_BEATS = 3

type Seconds = { readonly up: number; readonly down: number }

/** @param every milliseconds between two snapshots; of a longer time nothing is known */
export function createObserveTime({ watch }: Pick<Records, 'watch'>, outbox: Outbox, every: number): ObserveTime {
  let last: Snapshot | undefined
  let sums = new Map<string, Seconds>()

  function recordMinute(at: number): void {
    const services = [...sums].map(([service, { up, down }]) => ({ service, up: rounded(up), down: rounded(down) }))
    sums = new Map()
    const minute = { at: new Date(at).toISOString(), services }
    outbox.add({ at, write: () => watch.execute(dayOf(at), watched(minute)) })
  }

  function recordGap(from: number, to: number): void {
    const gap = unwatched({ from, to }, LEAST_GAP)
    outbox.add({ at: to, write: () => watch.execute(dayOf(to), gap) })
  }

  return (snapshot, seen) => {
    const before = last
    last = snapshot
    if (before === undefined) return
    const passed = passedBetween(before, snapshot)
    if (minuteOf(before.at) !== minuteOf(snapshot.at)) recordMinute(before.at)
    if (passed >= LEAST_GAP) recordGap(snapshot.at - passed, snapshot.at)
    if (passed <= 0 || passed > MOST_BEATS * every) return
    for (const [service, isUp] of statesOf(snapshot, seen)) {
      const { up, down } = sums.get(service) ?? { up: 0, down: 0 }
      const seconds = passed / 1_000
      sums.set(service, isUp ? { up: up + seconds, down } : { up, down: down + seconds })
    }
  }
}

/** Milliseconds, which a jump of the clock does not change if there is a steady clock. */
const passedBetween = (before: Snapshot, after: Snapshot): number =>
  before.steady !== undefined && after.steady !== undefined ? after.steady - before.steady : after.at - before.at

/** Which services are up, and which are down; of those that are not named, nothing is known. */
function statesOf({ storage }: Snapshot, seen: readonly SeenInstance[] | null): ReadonlyMap<string, boolean> {
  const states = new Map<string, boolean>()
  for (const { service, kind, state } of seen ?? []) {
    if (kind === 'dashboard' || state === 'stopped') continue
    states.set(service, states.get(service) === true || state === 'running')
  }
  if (storage.ok !== null) states.set('storage', storage.ok)
  return states
}

/** The id of the stream of a time. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const minuteOf = (at: number): number => Math.floor(at / 60_000)
const rounded = (seconds: number): number => Math.round(seconds * 1_000) / 1_000
