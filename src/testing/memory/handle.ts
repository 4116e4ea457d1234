import type { Clock } from '../../core/clock.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import type { StorageLimits } from '../../core/port/storage.ts'
import type { MemoryState } from './state.ts'

type Topic = 'events' | 'views'

/** One opening of a database: what its interfaces share. */
export type Handle = {
  readonly state: MemoryState
  readonly clock: Clock
  readonly limits: StorageLimits
  /** Runs `work` at one moment, some turns of the event loop after the call, and returns some turns later. */
  run<T>(work: () => T): Promise<T>
  /** @throws StorageClosed */
  assertOpen(): void
  /** Resolves at the next `wake` of that topic, by any handle, when the handle closes, or on abort. */
  changed(topic: Topic, signal: AbortSignal): Promise<void>
  wake(topic: Topic): void
  close(): Promise<void>
}

// Waiters are not part of the database's state, which is plain data.
const waiting = new WeakMap<MemoryState, Record<Topic, Set<() => void>>>()

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * Opens a handle onto a database.
 *
 * @param turn what a call awaits before it acts, and again before it returns
 */
export function openHandle(
  state: MemoryState,
  clock: Clock,
  limits: StorageLimits,
  turn: () => Promise<void> = nextTurn,
): Handle {
  const waiters = waiting.get(state) ?? { events: new Set(), views: new Set() }
  waiting.set(state, waiters)
  const own = new Set<() => void>()
  const underWay = new Set<Promise<unknown>>()
  let closed = false

  const assertOpen = () => {
    if (closed) throw new StorageClosed()
  }
  const turns = async <T>(work: () => T): Promise<T> => {
    await turn()
    try {
      return work()
    } finally {
      await turn()
    }
  }
  return {
    state,
    clock,
    limits,
    assertOpen,
    async run(work) {
      assertOpen()
      const running = turns(work)
      underWay.add(running)
      try {
        return await running
      } finally {
        underWay.delete(running)
      }
    },
    async changed(topic, signal) {
      assertOpen()
      if (signal.aborted) return
      await new Promise<void>((resolve) => {
        const done = () => {
          waiters[topic].delete(done)
          own.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        waiters[topic].add(done)
        own.add(done)
        signal.addEventListener('abort', done, { once: true })
      })
    },
    wake(topic) {
      for (const done of [...waiters[topic]]) done()
    },
    async close() {
      closed = true
      for (const done of [...own]) done()
      await Promise.allSettled(underWay)
    },
  }
}
