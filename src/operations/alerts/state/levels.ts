import type { Severity } from '../../model/alert.ts'
import { createLevel } from './level.ts'
import type { Reading } from './streak.ts'

/** What one look says about each severity of an alert. */
export type Readings = { readonly [severity in Severity]: Reading }

/** The two severities of one alert. */
export type Levels = {
  /** The highest that is on. */
  readonly severity: Severity | null
  /** The severity that is on next unless its condition ends, and when; null if no condition holds. */
  readonly pending: { readonly severity: Severity; readonly held: number; readonly left: number } | null
  look(readings: Readings, holdFor: { readonly [severity in Severity]: number }, elapsed: number): void
  set(severity: Severity | null): void
  /** Begins all times again. */
  restart(): void
}

/** Creates levels that are off. */
export function createLevels(): Levels {
  const warning = createLevel()
  const critical = createLevel()
  return {
    get severity() {
      return critical.on ? 'critical' : warning.on ? 'warning' : null
    },
    get pending() {
      const found = Object.entries({ critical, warning }).flatMap(([severity, { held, left }]) =>
        held === null || left === null ? [] : [{ severity: severity as Severity, held, left }],
      )
      return found.sort((a, b) => a.left - b.left)[0] ?? null
    },
    look(readings, holdFor, elapsed) {
      warning.look(readings.warning, holdFor.warning, elapsed)
      critical.look(readings.critical, holdFor.critical, elapsed)
      // What was critical is still a warning until that is calm, too, however short a time its condition has held.
      if (critical.on && !warning.on) warning.set(true)
    },
    set(severity) {
      warning.set(severity !== null)
      critical.set(severity === 'critical')
    },
    restart() {
      warning.restart()
      critical.restart()
    },
  }
}
