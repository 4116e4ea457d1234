/** What a rule says about one severity of one subject: `between` is neither above its threshold nor below the lower one. */
export type Reading = 'holds' | 'between' | 'calm' | 'unknown'

/** How many looks in a row without data a streak survives: one failed read must not delay an alert by all of its time. */
const MOST_UNKNOWN = 2

/** For how long something has been observed without interruption. */
export type Streak = {
  /** Observed milliseconds, without those before a look that had no data; null if it is interrupted. */
  readonly lasted: number | null
  /** In how many looks it was observed. */
  readonly looks: number
  /** @param elapsed milliseconds since the look before */
  look(seen: boolean | 'unknown', elapsed: number): void
  end(): void
}

/** Creates a streak that has not begun. */
export function createStreak(): Streak {
  let lasted: number | null = null
  let looks = 0
  let unknown = 0
  function end() {
    lasted = null
    looks = 0
    unknown = 0
  }
  return {
    get lasted() {
      return lasted
    },
    get looks() {
      return looks
    },
    look(seen, elapsed) {
      if (seen === false) return end()
      if (seen === 'unknown') {
        unknown += 1
        if (unknown > MOST_UNKNOWN) end()
        return
      }
      lasted = lasted === null || unknown > 0 ? (lasted ?? 0) : lasted + elapsed
      looks += 1
      unknown = 0
    },
    end,
  }
}
