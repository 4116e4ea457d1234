import { Sweeper } from '../scrub/sweeper.ts'
import type { Database } from '../sqlite/database.ts'
import type { FileIdentity } from '../sqlite/file-identity.ts'
import { toFailure } from './failure.ts'
import { FileGuard } from './file-guard.ts'
import { type BatchWriter, commitBatch } from './group-commit.ts'
import type { DocumentAnswer, DocumentItem, LogAnswer, LogItem, Outcome, Scrubbed } from './messages.ts'
import { WalKeeper } from './wal-keeper.ts'

/** Writes batches into one file, and maintains its write-ahead log. */
export class BatchServer<Item extends LogItem | DocumentItem, Answer extends LogAnswer | DocumentAnswer> {
  readonly #database: Database
  readonly #writer: BatchWriter<Item, Answer>
  readonly #guard: FileGuard
  readonly #wal: WalKeeper
  readonly #sweeper: Sweeper
  #walBytes = 0

  /** @param identity the files that the batches must be written to */
  constructor(database: Database, writer: BatchWriter<Item, Answer>, identity: FileIdentity, busyTimeout: number) {
    this.#database = database
    this.#writer = writer
    const guard = new FileGuard(identity)
    const wal = new WalKeeper(database, busyTimeout)
    this.#guard = guard
    this.#wal = wal
    this.#sweeper = new Sweeper(database, { emptyWal: () => wal.empty(), assertInPlace: () => void guard.after() })
  }

  /** Writes a batch. Everything that is not a failure is durable, in the files that the storage was opened on. */
  write(items: readonly Item[]): Outcome<Answer>[] {
    try {
      this.#guard.before()
      const outcomes = commitBatch(this.#database, this.#writer, items)
      for (const [i, item] of items.entries()) {
        if (item[0] === 'scrub') outcomes[i] = this.#sweep(item[1], item[2]) as Outcome<Answer>
      }
      this.#walBytes = this.#guard.after()
      return outcomes
    } catch (error) {
      const failure = toFailure(error)
      return items.map(() => failure)
    }
  }

  /** Call it after the replies to the batch were sent. */
  tidy(): void {
    this.#wal.tend(this.#walBytes)
  }

  #sweep(file: number, from: number): Outcome<Scrubbed> {
    try {
      return ['scrubbed', this.#sweeper.step(file, from)]
    } catch (error) {
      return toFailure(error)
    }
  }
}
