import type { Limiter } from '../../core/async/limiter.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'

/**
 * Lets one save of a view follow the other: whoever comes while one is under way waits, and all who wait are worked on
 * together next, from what was saved last. A view that every range of a processor writes then costs neither conflicts
 * nor further reads, and few saves; other processors are met at the ETag.
 *
 * @param work saves for some members, and gives what is stored then, where that is known; it must not reject
 */
export type ViewQueue = {
  add<Member>(id: string, member: Member, work: ViewWork<Member>): Promise<void>
  /**
   * Takes the turn of whoever comes first, where nobody saves this view or waits for it.
   *
   * @returns to be called with what is stored then, where that is known; undefined where somebody else is at it
   */
  claim(id: string): ((stored: Stored<ViewDocument> | undefined) => void) | undefined
}

type ViewWork<Member> = (
  members: readonly Member[],
  handed: Stored<ViewDocument> | undefined,
) => Promise<Stored<ViewDocument> | undefined>

// Members of one save: what it holds of each of them is folded anew after a conflict.
const MOST = 64

type Waiting = { readonly member: unknown; readonly work: ViewWork<unknown>; done(): void }

/** Makes the queues; a view's is gone when nobody waits in it. @param saves bounds the work on all views at once */
export function createViewQueue(saves: Limiter): ViewQueue {
  const queues = new Map<string, Waiting[]>()

  async function workOff(id: string, queue: Waiting[], first: Stored<ViewDocument> | undefined): Promise<void> {
    let handed = first
    while (queue.length > 0) {
      await saves(async () => {
        const batch = queue.splice(0, MOST)
        const [{ work }] = batch as [Waiting]
        handed = await work(
          batch.map(({ member }) => member),
          handed,
        )
        for (const { done } of batch) done()
      })
    }
    queues.delete(id)
  }

  return {
    claim(id) {
      if (queues.has(id)) return undefined
      const queue: Waiting[] = []
      queues.set(id, queue)
      return (stored) => {
        if (queue.length > 0) workOff(id, queue, stored)
        else queues.delete(id)
      }
    },
    add: (id, member, work) =>
      new Promise((resolve) => {
        const waiting: Waiting = { member, work: work as ViewWork<unknown>, done: resolve }
        const queue = queues.get(id)
        if (queue) {
          queue.push(waiting)
          return
        }
        const begun = [waiting]
        queues.set(id, begun)
        workOff(id, begun, undefined)
      }),
  }
}
