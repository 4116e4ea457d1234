import type { Clock } from '../../../src/index.ts'

/** Time that passes only while nothing else is to be done, so that what is counted holds on any machine. */
export type VirtualTime = {
  readonly clock: Clock
  /** Wraps a function whose calls are waited for before the time goes on. */
  awaited<A extends unknown[], R>(call: (...parameters: A) => Promise<R>): (...parameters: A) => Promise<R>
  /** Lets so many milliseconds pass, or fewer when something is so before. @returns the milliseconds that passed */
  pass(milliseconds: number, until?: () => boolean | Promise<boolean>): Promise<number>
  /** Does work that waits for the clock. */
  during<T>(work: Promise<T>): Promise<T>
}

// Turns of the event loop after which whatever does not wait for the clock has come to its end.
const TURNS = 4

/** Makes a virtual time. @param start milliseconds since 1970 */
export function virtualTime(start: number = Date.UTC(2026, 0, 1)): VirtualTime {
  // Those who wake, by the millisecond: looking at each millisecond is cheaper than any order.
  const wakes = new Map<number, Set<() => void>>()
  let now = start
  let inFlight = 0

  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (milliseconds <= 0 || signal?.aborted) return resolve()
        const due = Math.ceil(now + Math.min(milliseconds, 1e12))
        const wake = () => {
          wakes.get(due)?.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const others = wakes.get(due)
        if (others) others.add(wake)
        else wakes.set(due, new Set([wake]))
        signal?.addEventListener('abort', wake, { once: true })
      }),
  }

  async function quiet(): Promise<void> {
    for (let turns = 0; turns < TURNS; turns++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (inFlight > 0) turns = -1
    }
  }

  async function pass(milliseconds: number, until?: () => boolean | Promise<boolean>): Promise<number> {
    const begun = now
    await quiet()
    while (now - begun < milliseconds) {
      if (until && (await until())) break
      now++
      const due = wakes.get(now)
      wakes.delete(now)
      if (due === undefined || due.size === 0) continue
      for (const wake of due) wake()
      await quiet()
    }
    return now - begun
  }

  return {
    clock,
    awaited:
      (call) =>
      async (...parameters) => {
        inFlight++
        try {
          return await call(...parameters)
        } finally {
          inFlight--
        }
      },
    pass,
    async during(work) {
      let isOver = false
      const over = work.finally(() => {
        isOver = true
      })
      over.catch(() => {})
      while (!isOver) await pass(60_000, () => isOver)
      return over
    },
  }
}
