import { setImmediate as turn } from 'node:timers/promises'
import { DeadlinePassed } from '../client/deadline.ts'
import { retryDelay } from '../client/retry-delay.ts'
import { appendError, type GroupFailure, groupFailureOf } from './failure.ts'
import type { PendingAppend, WriteGroup } from './pending-append.ts'
import { type Parts, partsOf } from './split-batch.ts'

const MOST_APPENDS = 256
const MOST_EVENTS = 2000
const MOST_BYTES = 12_000_000

// How often cached heads may be stale without a delay; after that other writers must be active.
const AT_ONCE = 2

/** The options of a lane. */
export type FlowOptions = {
  readonly write: WriteGroup
  /** Whether its appends conflicted, or were tried, before. */
  readonly careful: boolean
  /** Whether a waiting append still belongs here when its turn comes. */
  readonly admit: (waiting: PendingAppend) => boolean
  /** Takes the appends of a locked stream; without it they are retried here. */
  readonly setApart?: (group: readonly PendingAppend[]) => void
  /** Called when the lane is empty. */
  readonly idle?: () => void
}

/** Writes waiting appends, batch after batch, one transaction at a time. */
export class AppendLane {
  readonly #options: FlowOptions
  #queue: PendingAppend[] = []
  #running = false

  constructor(options: FlowOptions) {
    this.#options = options
  }

  push(waiting: PendingAppend): void {
    this.#queue.push(waiting)
    if (this.#running) return
    this.#running = true
    // Appends that arrive in the same turn belong to the same batch.
    queueMicrotask(() => this.#run())
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#take()
      await this.#commit(group, this.#options.careful)
      // Callers that just got their results have the chance to submit their next append.
      if (group.length > 1) await turn()
    }
    this.#running = false
    this.#options.idle?.()
  }

  #take(): PendingAppend[] {
    const group: PendingAppend[] = []
    let [taken, events, bytes] = [0, 0, 0]
    for (const waiting of this.#queue) {
      events += waiting.item.events.length
      bytes += waiting.item.bytes
      const isFull = group.length >= MOST_APPENDS || events > MOST_EVENTS || bytes > MOST_BYTES
      if (taken > 0 && isFull) break
      taken++
      if (this.#options.admit(waiting)) group.push(waiting)
    }
    this.#queue = this.#queue.slice(taken)
    return group
  }

  /** Settles all appends of the batch, or separates those that cannot be settled yet. It never throws. */
  async #commit(group: readonly PendingAppend[], isPart: boolean): Promise<void> {
    let left = dueOf(group)
    for (let attempt = 0; left.length > 0; attempt++) {
      const error = await this.#try(left, isPart || attempt > 0)
      if (error === undefined) return
      if (!(error instanceof DeadlinePassed)) for (const waiting of left) waiting.trouble = error
      left = dueOf(left)
      const failure = failureAfter(attempt, error)
      if (left.length === 0 || failure === 'stale') continue
      const parts = this.#partsAfter(failure, left, isPart || attempt > 0)
      for (const part of parts ?? []) await this.#commit(part, true)
      if (parts) return
      if (failure === 'fault') return rejectAll(left, error)
      if (failure === 'met' && attempt > 0 && this.#options.setApart) return this.#options.setApart(left)
      await (left[0] as PendingAppend).deadline.sleep(retryDelay(attempt))
    }
  }

  // Two transactions that conflict by chance are both done by the next attempt; one that conflicts again is located.
  #partsAfter(failure: GroupFailure, left: readonly PendingAppend[], isAgain: boolean): Parts | undefined {
    if (failure === 'fault') return partsOf(left, true)
    return failure === 'met' && isAgain ? partsOf(left, false) : undefined
  }

  async #try(group: readonly PendingAppend[], careful: boolean): Promise<unknown> {
    // Appends may time out in the meantime: if the earliest deadline limited all of them, none would succeed as long as
    // there are such.
    const { deadline } = group.reduce((a, b) => (a.deadline.left() > b.deadline.left() ? a : b))
    try {
      const items = group.map(({ item }) => item)
      const outcomes = await this.#options.write(items, { careful, deadline: deadline.forOneTry() })
      for (const [i, { resolve }] of group.entries()) resolve(outcomes[i] as (typeof outcomes)[number])
      return undefined
    } catch (error) {
      return error
    }
  }
}

// Those whose deadline has passed have already failed.
const dueOf = (group: readonly PendingAppend[]): readonly PendingAppend[] =>
  group.filter(({ deadline }) => deadline.left() > 0)

// An append that never fits is located and separated, like one whose stream is locked.
function failureAfter(attempt: number, error: unknown): GroupFailure {
  const failure = groupFailureOf(error)
  return failure === 'stale' && attempt >= AT_ONCE ? 'met' : failure
}

function rejectAll(group: readonly PendingAppend[], error: unknown): void {
  for (const { deadline, reject } of group) reject(appendError(error, deadline))
}
