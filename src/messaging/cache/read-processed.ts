import { ignoreRejection } from '../../core/async/callbacks.ts'
import { unlessStopped } from '../../core/async/unless-stopped.ts'
import type { Clock } from '../../core/clock.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Position } from '../../core/positions/position.ts'
import { hasFolded } from '../../core/positions/tidemark.ts'
import { hasPassed } from '../../views/has-passed.ts'
import { documentKeyAt } from '../../views/parts.ts'
import type { ProjectionRef } from '../../views/projection-ref.ts'
import { waitLimits } from '../../views/wait-limits.ts'
import { createWaitReads } from '../../views/waiter-reads.ts'
import { type ViewDocuments, viewDocumentReader } from './view-states.ts'

/** A view, and the position of an event that concerns it. */
export type Concerned = { readonly key: string; readonly position: Position }

// Less than the time limit of a handler, with time left to write.
const WAIT = 10_000

/** Creates a function that reads views once the projection has processed some events. */
export function processedReader(port: StoragePort, clock: Clock) {
  const documents = viewDocumentReader(port, clock)
  const reads = createWaitReads(port)

  /** The views, if each contains its events, or the projection has passed them. */
  async function look(projection: ProjectionRef, concerned: readonly Concerned[]): Promise<ViewDocuments | undefined> {
    const keys = [...new Set(concerned.map(({ key }) => key))]
    const found = await documents.read(projection, keys)
    const open = concerned.filter(({ key, position }) => {
      const at = documentKeyAt(key, found.place, position.hash)
      const stored = found.byKey.get(key)?.find(({ document }) => document.key === at)
      return !stored || !hasFolded(stored.document.tidemarks, position)
    })
    if (open.length === 0) return found
    const hashes = open.map(({ position }) => position.hash)
    const leases = await reads.leases(projection, found.place.version, hashes)
    if (!open.every(({ position }) => hasPassed(leases, position, port.incarnation))) return undefined
    // Only what is read after the leases is certain to contain what they say was saved.
    return documents.read(projection, keys)
  }

  /**
   * Reads views, not before the projection has processed the events that concern them.
   *
   * @throws DestinationUnavailable if it takes longer than ten seconds: the projection is behind, paused or stalled
   */
  return async (
    projection: ProjectionRef,
    concerned: readonly Concerned[],
    signal: AbortSignal,
  ): Promise<ViewDocuments> => {
    const behind = () => new DestinationUnavailable(`${projection.name} has not processed the events within ${WAIT} ms`)
    const { wake, stop, end } = waitLimits(clock, { timeout: WAIT, signal }, behind)
    try {
      for (;;) {
        const isLast = wake.aborted
        // Started before anything is read, because a change between reading and waiting would otherwise be missed.
        const changed = isLast ? undefined : port.viewStore.changed(wake)
        if (changed) ignoreRejection(changed)
        const found = await unlessStopped(look(projection, concerned), stop)
        if (found) return found
        if (isLast) throw behind()
        await changed
        stop.throwIfAborted()
      }
    } finally {
      end()
    }
  }
}
