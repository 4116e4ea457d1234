import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'

/**
 * Lets those who save one view do it one after another, each handing on what it saved. A view that every range of a
 * processor writes then costs neither conflicts nor further reads; other processors are met at the ETag.
 */
export type ViewQueue = (
  id: string,
  work: (handed: Stored<ViewDocument> | undefined) => Promise<Stored<ViewDocument> | undefined>,
) => Promise<void>

/** Makes the queues; a view's is gone when nobody waits in it. */
export function createViewQueue(): ViewQueue {
  const queues = new Map<string, Promise<Stored<ViewDocument> | undefined>>()
  return async (id, work) => {
    // What failed may have been saved all the same, so nothing is handed on.
    const mine = (queues.get(id) ?? Promise.resolve(undefined)).catch(() => undefined).then(work)
    queues.set(id, mine)
    try {
      await mine
    } finally {
      if (queues.get(id) === mine) queues.delete(id)
    }
  }
}
