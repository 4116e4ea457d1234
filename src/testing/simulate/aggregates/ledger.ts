/** A command, and what its caller knows about its outcome. */
export type Entry = {
  readonly command: string
  readonly id: string
  /** How many events it decides. */
  readonly events: number
  /** How many commands of the account were known to be executed when it was sent. */
  readonly after: number
  outcome: 'unknown' | 'done' | 'refused'
}

/** What the callers know: their requests and the results. */
export type Ledger = {
  readonly entries: readonly Entry[]
  /** Records a command that is about to be sent to an account. */
  give(id: string, events: number): Entry
  /** How many commands of an account are known to be executed. */
  known(id: string): number
  /** Learns that this many are. */
  learn(id: string, count: number): void
}

/** Creates an empty ledger. */
export function createLedger(): Ledger {
  const entries: Entry[] = []
  const counts = new Map<string, number>()
  const known = (id: string) => counts.get(id) ?? 0
  return {
    entries,
    known,
    learn: (id, count) => counts.set(id, Math.max(known(id), count)),
    give(id, events) {
      const entry: Entry = { command: `c${entries.length + 1}`, id, events, after: known(id), outcome: 'unknown' }
      entries.push(entry)
      return entry
    },
  }
}
