import type { Clock } from '../clock.ts'

/** Await the returned promise, if there is one, between pieces of synchronous work: it yields to the event loop. */
export type Breathe = () => Promise<void> | undefined

// Milliseconds of work after which to yield to the event loop.
const BREATH = 20

/** Returns a function that yields to the event loop if, as far as it knows, that has not happened for a while. */
export function createBreather(clock: Pick<Clock, 'now'>): Breathe {
  let turned = clock.now()
  return () => {
    if (Math.abs(clock.now() - turned) < BREATH) return undefined
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      turned = clock.now()
    })
  }
}
