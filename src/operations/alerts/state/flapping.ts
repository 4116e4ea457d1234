import { createStreak } from './streak.ts'

const HOUR = 3_600_000
const MOST_CHANGES = 4
const CALM_FOR = 1_800_000

/** Whether an alert changes so often that its changes say nothing. */
export type Flapping = {
  readonly on: boolean
  /** Counts a change. @param observed milliseconds */
  changed(observed: number): void
  /** @param calm whether it is below its lower thresholds, and nothing else */
  look(calm: boolean | 'unknown', elapsed: number): void
  /** Whether it has been calm for long enough to end. */
  readonly isOver: boolean
  /** Whether nothing has to be remembered. @param observed milliseconds */
  isIdle(observed: number): boolean
  set(on: boolean): void
  restart(): void
}

/** Creates the state of an alert that does not flap. */
export function createFlapping(): Flapping {
  const calming = createStreak()
  let changes: number[] = []
  let on = false
  const recent = (observed: number) => changes.filter((at) => observed - at < HOUR)
  function set(value: boolean) {
    on = value
    changes = []
    calming.end()
  }
  return {
    get on() {
      return on
    },
    get isOver() {
      return on && (calming.lasted ?? 0) >= CALM_FOR
    },
    changed(observed) {
      changes = [...recent(observed), observed]
      if (changes.length >= MOST_CHANGES) set(true)
    },
    look: (calm, elapsed) => calming.look(calm, elapsed),
    isIdle: (observed) => !on && recent(observed).length === 0,
    set,
    restart: () => calming.end(),
  }
}
