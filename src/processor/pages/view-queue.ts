import type { Limiter } from '../../core/async/limiter.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'

/**
 * Serialises the saves of a view: participants that arrive during a save wait, and all waiting ones are saved together
 * next, starting from what was saved last. A view that every range of a processor writes then causes neither conflicts
 * nor further reads, and few saves; other processors are detected by the ETag.
 *
 * @param work saves for several participants, and returns what is then stored, if that is known; it must not reject
 */
export type ViewQueue = {
  add<Member>(id: string, member: Member, work: ViewWork<Member>): Promise<void>
  /**
   * Starts a turn, if no other participant is saving this view or waiting for it.
   *
   * @returns a function to call with what is then stored, if that is known; undefined if another participant is busy
   */
  claim(id: string): ((stored: Stored<ViewDocument> | undefined) => void) | undefined
}

type ViewWork<Member> = (
  members: readonly Member[],
  handed: Stored<ViewDocument> | undefined,
) => Promise<Stored<ViewDocument> | undefined>

// The participants of one save: after a conflict, each of them is folded again.
const MOST = 64

type Waiting = { readonly member: unknown; readonly work: ViewWork<unknown>; done(): void }

/**
 * Creates the queues; a view's queue is removed when it is empty. @param saves limits the concurrent work on all views
 */
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
