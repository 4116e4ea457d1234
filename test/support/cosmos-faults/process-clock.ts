import { type Clock, systemClock } from '../../../src/core/clock.ts'

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

/** Makes the clock of a process. @param time what it would show if it were right */
export function createProcessClock(time: Clock = systemClock): ProcessClock {
  const dead = new AbortController()
  let pausing: { readonly over: Promise<void>; readonly end: () => void } | undefined
  let isDead = false

  function after(milliseconds: number, happen: () => void): () => void {
    const given = new AbortController()
    const ended = AbortSignal.any([given.signal, dead.signal])
    time.sleep(milliseconds, ended).then(() => ended.aborted || happen())
    return () => given.abort('over')
  }

  async function awake(): Promise<void> {
    while (pausing && !isDead) await pausing.over
    if (isDead) await new Promise(() => {})
  }

  const clock: ProcessClock = {
    skew: 0,
    now: () => time.now() + clock.skew,
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
      dead.abort('over')
    },
    get isDead() {
      return isDead
    },
    awake,
  }
  return clock
}
