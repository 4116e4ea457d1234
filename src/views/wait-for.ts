import { ignoreRejection } from '../core/callbacks.ts'
import type { Clock } from '../core/clock.ts'
import { ViewParked, WaitTimedOut } from '../core/errors/view.ts'
import type { JsonObject } from '../core/json.ts'
import { assertIncarnation } from '../core/log-identity.ts'
import type { Located } from '../core/port/event-log.ts'
import type { Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { ViewDocument } from '../core/port/view-store.ts'
import type { Position } from '../core/position.ts'
import type { PositionToken } from '../core/position-token.ts'
import { hasFolded } from '../core/tidemark.ts'
import type { HandoverGate } from './handover-gate.ts'
import { hasPassed } from './passed.ts'
import type { ProjectionRef } from './projection-ref.ts'
import { unlessStopped, type WaitOptions, waitLimits } from './wait-limits.ts'
import { createWaitReads } from './wait-reads.ts'

/** Makes the function behind `views.waitFor`; what it reads is shared between those who wait at the same time. */
export function createWaitFor(port: StoragePort, clock: Clock, gate: HandoverGate) {
  const reads = createWaitReads(port)
  // The versions seen last: guesses that every look checks.
  const seen = new Map<string, number>()

  /** The data of the view, when everything of `open` is in it or passed; undefined as long as it is not. */
  async function look(projection: ProjectionRef, key: string, open: readonly Position[], signal: AbortSignal) {
    for (;;) {
      const version = seen.get(projection.name) ?? projection.version
      const found = await lookInto(projection, version, key, open)
      const recorded = await reads.versions(projection)
      // Looked at after what it judges, as in readActive.
      const active = recorded?.document.active ?? projection.version
      if (recorded?.document.handover !== undefined) await gate(projection.name, recorded, signal)
      else if (active === version) return found
      signal.throwIfAborted()
      seen.set(projection.name, active)
    }
  }

  async function lookInto(projection: ProjectionRef, version: number, key: string, open: readonly Position[]) {
    const view = await reads.view(projection, version, key)
    assertUsable(view, open)
    const rest = open.filter((position) => !(view && hasFolded(view.document.tidemarks, position)))
    if (rest.length === 0) return { data: view?.document.data ?? null }
    const leases = await reads.leases(
      projection,
      version,
      rest.map(({ hash }) => hash),
    )
    if (!rest.every((position) => hasPassed(leases, position, port.incarnation))) return undefined
    // Only a view that is read after the lease is sure to hold what the lease says was saved.
    const fresh = await reads.view(projection, version, key)
    assertUsable(fresh, open)
    return { data: fresh?.document.data ?? null }
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
    const overdue = (timeout: number) => new WaitTimedOut(projection.name, key, timeout)
    const { timeout, wake, stop, end } = waitLimits(clock, options, overdue)
    let located: readonly Located[] | undefined
    const found = async () => {
      if (located === undefined || located.some(({ at }) => at === 'pending')) located = await reads.locate(token)
      if (located.some(({ at }) => at === 'pending')) return undefined
      return look(projection, key, positionsOf(located), stop)
    }
    try {
      for (;;) {
        const isLast = wake.aborted
        // Begun before anything is read: a change between the reading and the waiting would be missed otherwise.
        const changed = isLast ? undefined : port.viewStore.changed(wake)
        // It may fail while something is read, and nobody waits for it yet.
        if (changed) ignoreRejection(changed)
        const view = await unlessStopped(found(), stop)
        if (view) return view.data
        if (isLast) throw overdue(timeout)
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
