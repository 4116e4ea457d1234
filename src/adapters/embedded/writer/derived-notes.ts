import type { Marks } from '../identity/marks.ts'
import type { Database } from '../sqlite/database.ts'

type Kind = 'view' | 'lease'

const NOTE = `
  INSERT INTO derived VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
  SET incarnation = excluded.incarnation, lsn = excluded.lsn, mark = excluded.mark
  WHERE excluded.lsn > lsn OR excluded.incarnation <> derived.incarnation`

/** Records how far the log was when something was derived from it. Use it inside a transaction. */
export class DerivedNotes {
  readonly #database: Database
  readonly #incarnation: string
  // By slot and kind: what was recorded, or is about to be.
  readonly #furthest = new Map<string, number>()
  readonly #pending = new Map<string, readonly [slot: number, kind: Kind, lsn: number, mark: string | null]>()

  /** @param incarnation the log's */
  constructor(database: Database, incarnation: string) {
    this.#database = database
    this.#incarnation = incarnation
  }

  add(kind: Kind, marks: Marks): void {
    for (const { slot, lsn, mark } of marks) {
      const key = `${kind}${slot}`
      if (lsn <= (this.#furthest.get(key) ?? 0)) continue
      this.#furthest.set(key, lsn)
      this.#pending.set(key, [slot, kind, lsn, mark])
    }
  }

  /** The transaction is about to be committed. */
  write(): void {
    for (const [slot, kind, lsn, mark] of this.#pending.values()) {
      this.#database.statement(NOTE).run(slot, kind, this.#incarnation, lsn, mark)
    }
    this.#pending.clear()
  }

  /** What was recorded may not be in the file. */
  forget(): void {
    this.#furthest.clear()
    this.#pending.clear()
  }
}
