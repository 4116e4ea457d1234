import { Semaphore } from '../../../core/async/semaphore.ts'
import { StorageClosed } from '../../../core/errors/storage.ts'
import { type Deadline, DeadlinePassed } from '../client/deadline.ts'
import { Flow } from './append-lane.ts'
import { appendError } from './failure.ts'
import type { AppendItem, Outcome } from './items.ts'
import type { Waiting, WriteGroup } from './pending-append.ts'

// Streams that are held by somebody are tried by themselves, and so many at once.
const APART = 8

/**
 * Gathers the appends that wait while a transaction is under way, and writes them in the next one. Where a transaction
 * meets another one, of another process, in some stream, the stream is found by halving the group and goes its own way
 * from then on, until it is free: a process that was killed amid a transaction holds what it touched until the server
 * ends it.
 */
export class GroupCommit {
  readonly #write: WriteGroup
  readonly #main: Flow
  readonly #apart = new Map<string, Flow>()
  readonly #turns = new Semaphore(APART)
  #closed = false

  constructor(write: WriteGroup) {
    this.#write = write
    this.#main = new Flow({
      write,
      careful: false,
      admit: (waiting) => !this.#reroute(waiting),
      setApart: (group) => this.#setApart(group),
    })
  }

  /** Resolves when the append is written, durably, or refused. @throws StorageUnavailable, StorageBusy, … */
  async submit(item: AppendItem, deadline: Deadline): Promise<Outcome> {
    if (this.#closed) throw new StorageClosed()
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const waiting: Waiting = { item, deadline, resolve, reject }
    if (!this.#reroute(waiting)) this.#main.push(waiting)
    try {
      return await deadline.bound(promise)
    } catch (error) {
      // That time is up says less than what went wrong before.
      throw error instanceof DeadlinePassed ? appendError(waiting.trouble ?? error, deadline) : error
    }
  }

  /** Takes no more; what was taken goes on. */
  close(): void {
    this.#closed = true
  }

  #reroute(waiting: Waiting): boolean {
    const flow = this.#apart.get(waiting.item.streamId)
    flow?.push(waiting)
    return flow !== undefined
  }

  #setApart(group: readonly Waiting[]): void {
    const streamId = (group[0] as Waiting).item.streamId
    const flow = new Flow({
      write: (items, how) => this.#turns.run(() => this.#write(items, how)),
      careful: true,
      admit: () => true,
      idle: () => this.#apart.delete(streamId),
    })
    this.#apart.set(streamId, flow)
    for (const waiting of group) flow.push(waiting)
  }
}
