import { limiter } from '../../../core/async/limiter.ts'
import { StorageClosed } from '../../../core/errors/storage.ts'
import { type Deadline, DeadlinePassed } from '../client/deadline.ts'
import { AppendLane } from './append-lane.ts'
import { appendError } from './failure.ts'
import type { AppendItem, Outcome } from './items.ts'
import type { PendingAppend, WriteGroup } from './pending-append.ts'

// Locked streams are tried separately, and this many at once.
const APART = 8

/**
 * Collects the appends that arrive during a transaction, and writes them in the next one. If a transaction conflicts
 * with one of another process on some stream, the stream is located by halving the batch and gets its own lane from
 * then on, until it is free: a process that was killed in a transaction keeps its documents locked until the server
 * aborts the transaction.
 */
export class AppendQueue {
  readonly #write: WriteGroup
  readonly #main: AppendLane
  readonly #apart = new Map<string, AppendLane>()
  readonly #turns = limiter(APART)
  #closed = false

  constructor(write: WriteGroup) {
    this.#write = write
    this.#main = new AppendLane({
      write,
      careful: false,
      admit: (waiting) => !this.#reroute(waiting),
      setApart: (group) => this.#setApart(group),
    })
  }

  /** Resolves when the append was written, durably, or refused. @throws StorageUnavailable, StorageBusy, … */
  async submit(item: AppendItem, deadline: Deadline): Promise<Outcome> {
    if (this.#closed) throw new StorageClosed()
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const waiting: PendingAppend = { item, deadline, resolve, reject }
    if (!this.#reroute(waiting)) this.#main.push(waiting)
    try {
      return await deadline.bound(promise)
    } catch (error) {
      // The timeout says less than the earlier failure.
      throw error instanceof DeadlinePassed ? appendError(waiting.trouble ?? error, deadline) : error
    }
  }

  /** Accepts no more appends; those already accepted continue. */
  close(): void {
    this.#closed = true
  }

  #reroute(waiting: PendingAppend): boolean {
    const flow = this.#apart.get(waiting.item.streamId)
    flow?.push(waiting)
    return flow !== undefined
  }

  #setApart(group: readonly PendingAppend[]): void {
    const streamId = (group[0] as PendingAppend).item.streamId
    const flow = new AppendLane({
      write: (items, how) => this.#turns(() => this.#write(items, how)),
      careful: true,
      admit: () => true,
      idle: () => this.#apart.delete(streamId),
    })
    this.#apart.set(streamId, flow)
    for (const waiting of group) flow.push(waiting)
  }
}
