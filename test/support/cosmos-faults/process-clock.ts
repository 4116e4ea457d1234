import type { Clock } from '../../../src/core/clock.ts'

/** The clock of one process: it goes wrong by `skew` milliseconds, and nothing ends while the process stands still. */
export type ProcessClock = Clock & {
  skew: number
  /** Lets the process stand still for so long. */
  pause(milliseconds: number): void
  /** Ends a pause. */
  resume(): void
  /** Ends the process: nothing that it waits for comes any more. */
  kill(): void
  readonly isDead: boolean
  /** Resolves when the process does not stand still, and never once it is dead. */
  awake(): Promise<void>
}

/** Makes the clock of a process. */
export function createProcessClock(): ProcessClock {
  const timers = new Set<NodeJS.Timeout>()
  let pausing: { readonly over: Promise<void>; readonly end: () => void } | undefined
  let isDead = false

  function after(milliseconds: number, happen: () => void): () => void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      happen()
    }, milliseconds)
    timers.add(timer)
    return () => {
      clearTimeout(timer)
      timers.delete(timer)
    }
  }

  async function awake(): Promise<void> {
    while (pausing && !isDead) await pausing.over
    if (isDead) await new Promise(() => {})
  }

  const clock: ProcessClock = {
    skew: 0,
    now: () => Date.now() + clock.skew,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (isDead) return
        if (signal?.aborted) return resolve()
        const done = () => {
          cancel()
          signal?.removeEventListener('abort', done)
          awake().then(resolve)
        }
        const cancel = after(milliseconds, done)
        signal?.addEventListener('abort', done, { once: true })
      }),
    pause(milliseconds) {
      if (pausing) return
      const { promise, resolve } = Promise.withResolvers<void>()
      pausing = { over: promise, end: resolve }
      after(milliseconds, () => clock.resume())
    },
    resume() {
      pausing?.end()
      pausing = undefined
    },
    kill() {
      isDead = true
      clock.resume()
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
    get isDead() {
      return isDead
    },
    awake,
  }
  return clock
}
