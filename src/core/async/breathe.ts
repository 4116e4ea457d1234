import type { Clock } from '../clock.ts'

/** To be awaited between pieces of synchronous work, where it gives a promise: lets the event loop turn. */
export type Breathe = () => Promise<void> | undefined

// Milliseconds of work after which the event loop is to turn.
const BREATH = 20

/** Makes a function that lets the event loop turn when it did not for some time, as far as the function knows. */
export function createBreather(clock: Pick<Clock, 'now'>): Breathe {
  let turned = clock.now()
  return () => {
    if (Math.abs(clock.now() - turned) < BREATH) return undefined
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      turned = clock.now()
    })
  }
}
