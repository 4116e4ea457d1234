import { createStreak, type Reading } from './streak.ts'

// One look below the lower threshold may be luck.
const CALM_LOOKS = 2

/** One severity of one alert: it is on once its condition has held for long enough, until two looks are calm. */
export type Level = {
  readonly on: boolean
  /** Milliseconds until it is on unless its condition ends; null if that does not hold. */
  readonly left: number | null
  /** Milliseconds for which its condition has held, as far as was observed; null if it does not. */
  readonly held: number | null
  /** @param holdFor milliseconds for which the condition must hold */
  look(reading: Reading, holdFor: number, elapsed: number): void
  set(on: boolean): void
  /** Begins all times again. */
  restart(): void
}

/** Creates a level that is off. */
export function createLevel(): Level {
  const holding = createStreak()
  const calming = createStreak()
  let on = false
  let needed = 0
  function set(value: boolean) {
    on = value
    calming.end()
    holding.end()
  }
  return {
    get on() {
      return on
    },
    get held() {
      return holding.lasted
    },
    get left() {
      return holding.lasted === null ? null : Math.max(0, needed - holding.lasted)
    },
    look(reading, holdFor, elapsed) {
      needed = holdFor
      holding.look(reading === 'unknown' ? 'unknown' : reading === 'holds', elapsed)
      calming.look(reading === 'unknown' ? 'unknown' : reading === 'calm', elapsed)
      if (!on && reading === 'holds' && (holding.lasted ?? 0) >= holdFor) on = true
      else if (on && reading === 'calm' && calming.looks >= CALM_LOOKS) on = false
    },
    set,
    restart() {
      holding.end()
      calming.end()
    },
  }
}
