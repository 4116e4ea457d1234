import { ignoreRejection } from '../core/async/callbacks.ts'
import { unlessStopped } from '../core/async/unless-stopped.ts'
import type { Clock } from '../core/clock.ts'
import { ViewParked, type WaitObstacle, WaitTimedOut } from '../core/errors/view.ts'
import type { JsonObject } from '../core/json/json.ts'
import type { Located } from '../core/port/event-log.ts'
import type { LeaseDocument } from '../core/port/lease-store.ts'
import type { Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { ViewDocument } from '../core/port/view-store.ts'
import { containsHash } from '../core/positions/hash-interval.ts'
import { assertIncarnation } from '../core/positions/log-identity.ts'
import type { Position } from '../core/positions/position.ts'
import type { PositionToken } from '../core/positions/position-token.ts'
import { hasFolded } from '../core/positions/tidemark.ts'
import { hasPassed } from './has-passed.ts'
import { documentKeyAt, documentKeys, placeIn, samePlace, type ViewPlace } from './parts.ts'
import type { ProjectionRef } from './projection-ref.ts'
import { readView } from './read-sealed.ts'
import type { HandoverGate } from './switch-gate.ts'
import { type WaitOptions, waitLimits } from './wait-limits.ts'
import { createWaitPace, findObstacle, type WaitPace } from './wait-obstacle.ts'
import { createWaitReads } from './waiter-reads.ts'

/** Creates the function behind `views.waitFor`; concurrent waiters share their reads. */
export function createWaitFor(port: StoragePort, clock: Clock, gate: HandoverGate) {
  const reads = createWaitReads(port)
  // Where views were last: guesses that every check verifies.
  const seen = new Map<string, ViewPlace>()

  /** The data of the view, if everything in `open` is in it or passed; otherwise undefined. */
  async function look(
    projection: ProjectionRef,
    key: string,
    open: readonly Position[],
    pace: WaitPace,
    signal: AbortSignal,
  ) {
    for (;;) {
      const place = seen.get(projection.name) ?? { version: projection.version }
      const found = await lookInto(projection, place, key, open, pace)
      const recorded = await reads.versions(projection)
      // Read after what it validates, as in readActive.
      const now = placeIn(recorded?.document, projection)
      if (recorded?.document.handover !== undefined) await gate(projection.name, recorded, signal)
      else if (samePlace(now, place)) return found && { data: await readView(projection, place, found, port.vault) }
      signal.throwIfAborted()
      seen.set(projection.name, now)
    }
  }

  /** All documents of the view, if everything in `open` is in them or passed. */
  async function lookInto(
    projection: ProjectionRef,
    place: ViewPlace,
    key: string,
    open: readonly Position[],
    pace: WaitPace,
  ) {
    const { version, slices } = place
    const keyAt = ({ hash }: Position) => documentKeyAt(key, place, hash)
    const readAll = async (keys: Iterable<string>) => {
      const found = await Promise.all([...keys].map((one) => reads.view(projection, version, one)))
      for (const one of found) {
        assertUsable(
          one,
          open.filter((position) => keyAt(position) === one?.document.key),
        )
      }
      return found
    }
    // Only the parts that the positions concern, because waiters check often.
    const concerned = await readAll(slices ? new Set(open.map(keyAt)) : [key])
    const rest = open.filter((position) => {
      const view = concerned.find((one) => one?.document.key === keyAt(position))
      return !(view && hasFolded(view.document.tidemarks, position))
    })
    if (rest.length === 0) return slices ? readAll(documentKeys(key, place)) : concerned
    const leases = await reads.leases(
      projection,
      version,
      rest.map(({ hash }) => hash),
    )
    if (!rest.every((position) => hasPassed(leases, position, port.incarnation))) {
      pace.note(lsnsLeft(leases, rest))
      return undefined
    }
    // Only a view that is read after the lease is certain to contain what the lease says was saved.
    return readAll(documentKeys(key, place))
  }

  function assertUsable(view: Stored<ViewDocument> | undefined, open: readonly Position[]): void {
    if (view === undefined) return
    const { tidemarks, parked, projection, key } = view.document
    assertIncarnation(view.document, port.incarnation)
    if (parked && !open.every((position) => hasFolded(tidemarks, position))) throw new ViewParked(projection, key)
  }

  return async (
    projection: ProjectionRef,
    key: string,
    token: PositionToken,
    options: WaitOptions = {},
  ): Promise<JsonObject | null> => {
    options.signal?.throwIfAborted()
    const pace = createWaitPace(clock)
    const overdue = (timeout: number, obstacle?: WaitObstacle) =>
      new WaitTimedOut(projection.name, key, timeout, obstacle)
    const { timeout, wake, stop, end } = waitLimits(clock, options, overdue)
    let located: readonly Located[] | undefined
    const found = async () => {
      if (located === undefined || located.some(({ at }) => at === 'pending')) located = await reads.locate(token)
      if (located.some(({ at }) => at === 'pending')) return undefined
      return look(projection, key, positionsOf(located), pace, stop)
    }
    /** Why it took too long; who looks once, with a timeout of 0, is not charged for that. */
    const overdueBy = async () => {
      if (timeout === 0 || located === undefined) return undefined
      const version = seen.get(projection.name)?.version ?? projection.version
      return findObstacle(reads, clock, projection, version, located, pace).catch(() => undefined)
    }
    try {
      for (;;) {
        const isLast = wake.aborted
        // Started before anything is read, because a change between reading and waiting would otherwise be missed.
        const changed = isLast ? undefined : port.viewStore.changed(wake)
        // It may fail during a read, before anything awaits it.
        if (changed) ignoreRejection(changed)
        const view = await unlessStopped(found(), stop)
        if (view) return view.data
        if (isLast) throw overdue(timeout, await unlessStopped(overdueBy(), stop))
        await changed
        stop.throwIfAborted()
      }
    } finally {
      end()
    }
  }
}

const positionsOf = (located: readonly Located[]): Position[] =>
  located.flatMap(({ at }) => (typeof at === 'object' ? [at] : []))

/** How many LSNs the furthest of the positions is past what was read there. */
const lsnsLeft = (leases: readonly Stored<LeaseDocument>[], positions: readonly Position[]): number =>
  Math.max(
    ...positions.map(({ hash, lsn }) => {
      const around = leases.filter(({ document }) => containsHash(document.range, hash))
      return Math.max(0, lsn - Math.max(0, ...around.map(({ document }) => document.readTo)))
    }),
  )
