/** The result of an import. */
export type Counts = {
  /** Meters with at least one day. */
  meters: number
  /** Days that were added. */
  days: number
  /** Days that were already stored, with the same readings. */
  repeated: number
  /** Events that commands decided; those that open a year are not included. */
  events: number
  /** Refused lines, on their own or with their day. */
  refused: number
}

/** Counts, and reports which lines were refused and why. */
export type Report = {
  readonly counts: Counts
  /** Refuses one line. */
  refuse(line: number, reason: string): void
  /** Refuses a day, whose lines are valid on their own. */
  refuseDay(lines: readonly number[], reason: string): void
}

/**
 * Creates a report.
 *
 * @param file the file's name in messages
 * @param say prints a message
 */
export function startReport(file: string, say: (message: string) => void): Report {
  const counts: Counts = { meters: 0, days: 0, repeated: 0, events: 0, refused: 0 }
  const refusedLines = new Set<number>()
  const count = (line: number) => {
    refusedLines.add(line)
    counts.refused = refusedLines.size
  }
  return {
    counts,
    refuse(line, reason) {
      count(line)
      say(`${file}:${line}: ${reason}`)
    },
    refuseDay(lines, reason) {
      for (const line of lines) count(line)
      const first = Math.min(...lines)
      const last = Math.max(...lines)
      say(`${file}:${first === last ? first : `${first}-${last}`}: ${reason}`)
    },
  }
}

/** The final message of an import. */
export function summarise({ meters, days, repeated, events, refused }: Counts, milliseconds: number): string {
  const seconds = (milliseconds / 1000).toFixed(1)
  return (
    `${count(meters, 'meter')}: ${count(days, 'day')} added (${count(events, 'event')} appended), ` +
    `${repeated.toLocaleString('en')} already there, ${count(refused, 'line')} refused, in ${seconds} s`
  )
}

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
