import { StorageCorrupt } from '../../../core/errors/storage.ts'
import { hashOf } from '../../../core/positions/stream-slot.ts'
import type { Database } from '../sqlite/database.ts'

const MAX = 100_000

/** The names of streams by number, with their hashes: both never change, so they are cached. */
export class StreamNames {
  readonly #database: Database
  readonly #known = new Map<number, { readonly name: string; readonly hash: string }>()

  constructor(database: Database) {
    this.#database = database
  }

  /** @throws StorageCorrupt if there is no such stream */
  get(id: number): { readonly name: string; readonly hash: string } {
    let found = this.#known.get(id)
    if (found === undefined) {
      const name = this.#database.get<[string]>('SELECT name FROM streams WHERE id = ?', id)?.[0]
      if (name === undefined) throw new StorageCorrupt(`${this.#database.path}: stream ${id} has no name`)
      if (this.#known.size >= MAX) this.#known.clear()
      found = { name, hash: hashOf(name) }
      this.#known.set(id, found)
    }
    return found
  }
}
