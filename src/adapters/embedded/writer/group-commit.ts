import type { Database } from '../sqlite/database.ts'
import { toFailure } from './failure.ts'
import type { Outcome } from './messages.ts'

/** What a writer does with the items of a batch, inside its transaction. */
export type BatchWriter<Item, Answer> = {
  /** The transaction has begun. */
  begin(): void
  write(item: Item): Answer
  /** The transaction is about to be committed. */
  finish(): void
  /** It was rolled back, or another process has written: cached values may be wrong. */
  forget(): void
}

/**
 * Writes a batch in one transaction, which costs one flush of the disk however many items it contains. If anything
 * fails unexpectedly, its items are retried one by one, so that none fails because of another.
 */
export function commitBatch<Item, Answer extends readonly unknown[]>(
  database: Database,
  writer: BatchWriter<Item, Answer>,
  items: readonly Item[],
): Outcome<Answer>[] {
  try {
    database.statement('BEGIN IMMEDIATE').run()
  } catch (error) {
    return items.map(() => toFailure(error))
  }
  try {
    writer.begin()
    const answers = items.map((item) => writer.write(item))
    writer.finish()
    database.statement('COMMIT').run()
    return answers
  } catch (error) {
    writer.forget()
    // SQLite itself ends the transaction after some failures, for instance a full disk.
    if (database.connection.isTransaction) database.connection.exec('ROLLBACK')
    if (items.length === 1) return [toFailure(error)]
    return items.flatMap((item) => commitBatch(database, writer, [item]))
  }
}
