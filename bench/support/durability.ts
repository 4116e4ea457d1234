/** What a connection to a SQLite file says of itself. */
export type SqliteSettings = {
  /** `PRAGMA journal_mode` */
  readonly journalMode: string
  /** `PRAGMA synchronous` */
  readonly synchronous: number
}

const SYNCHRONOUS = ['OFF', 'NORMAL', 'FULL', 'EXTRA']

// What of a commit a power cut takes. In WAL mode only FULL and more flush with each commit.
const isFlushed = ({ journalMode, synchronous }: SqliteSettings) => synchronous >= (journalMode === 'wal' ? 2 : 1)

/** What commits through such a connection are worth, for people. */
export function durabilityOf(settings: SqliteSettings): string {
  const { journalMode, synchronous } = settings
  const name = SYNCHRONOUS[synchronous] ?? String(synchronous)
  const lasting = isFlushed(settings) ? 'flushed with each commit' : 'A POWER CUT TAKES COMMITS'
  return `${journalMode}, synchronous=${name}: ${lasting}`
}

/** Of a peer that writes nothing while it is measured. */
export const READS_ONLY = 'a reader that writes nothing'
