import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { noTelemetry } from '../../../../src/core/telemetry/telemetry.ts'
import type { PageContext } from '../../../../src/processor/pages/page-context.ts'
import { createPageState } from '../../../../src/processor/pages/page-state.ts'
import { projectPage } from '../../../../src/processor/pages/project-page.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import type { Projection } from '../../../../src/projections/projection.ts'
import { events, interposed } from '../support.ts'

/** Which amounts fail, for now. */
export type Poison = { fails(amount: number): boolean }

const note = (order: readonly string[], { streamId, version }: { streamId: string; version: number }) => [
  ...order,
  `${streamId}@${version}`,
]

/** One view a stream, and one of all streams, that note each event in its order and fail at poisoned amounts. */
export const noting = (name: string, poison: Poison): Projection =>
  defineProjection(name, {
    events,
    key: ({ streamId }) => [streamId, 'all'],
    initial: () => ({ order: [] as readonly string[] }),
    on: {
      Added: (view, event) => {
        if (poison.fails(event.data.amount)) throw new RangeError(`cannot take ${event.data.amount}`)
        return { order: note(view.order, event) }
      },
      Cleared: (view, event) => ({ order: note(view.order, event) }),
    },
  })

// Pauses are turns of the event loop, so that others come in between and no time is lost.
const clock = { now: Date.now, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }

/** What folding pages needs, over a storage; without real pauses. */
export const contextOf = (storage: StoragePort): PageContext => ({
  storage,
  clock,
  random: Math.random,
  ...createPageState(storage, clock, 8, Math.random),
  rangeCount: () => 1,
  slicesOf: () => undefined,
  telemetry: noTelemetry,
})

/** Folds every range to its end, page by page; from the start, where no places are given. */
export async function foldAll(
  storage: StoragePort,
  projection: Projection,
  places: readonly string[] = [],
): Promise<void> {
  const context = contextOf(storage)
  for (const [index, range] of (await storage.feed.ranges()).entries()) {
    for (let from = places[index] ?? 'start'; ; ) {
      const page = await storage.feed.read(range, from, { limit: 5 })
      await projectPage(context, projection, range, page)
      from = page.continuation
      if (page.caughtUp) break
    }
  }
}

/** A port whose process dies at a call, before or after it took effect; all later calls fail. */
export function mortal(port: StoragePort, calls: number, after: boolean): StoragePort {
  let left = calls
  return interposed(port, async (_call, next) => {
    if (left-- <= 0) throw new StorageUnavailable('dead')
    if (left === 0 && !after) throw new StorageUnavailable('dies')
    const answer = await next()
    if (left <= 0) throw new StorageUnavailable('dies after')
    return answer
  })
}

/** The events in a view, in the order in which they were folded. */
export async function orderOf(port: StoragePort, { name, version }: Projection, key: string): Promise<string[]> {
  const stored = await port.viewStore.get({ projection: name, version, key })
  return (stored?.document.data?.order ?? []) as string[]
}
