import type { Document } from 'mongodb'
import { duplicateKey, writeConflict } from '../failures.ts'
import { keyOf } from './compare.ts'
import { matches, valueAt } from './matches.ts'
import type { Transaction } from './transaction.ts'
import { type ModelIndex, UniqueIndex } from './unique-index.ts'

type Entry = { readonly document: Document; readonly at: number }

// Fields that much is looked for by.
const LOOKED_UP = ['stream.id', 'pending', 'projection']

/** One collection: what is committed of it, and who has changed what and has not committed yet. */
export class ModelCollection {
  readonly options: Document
  readonly indexes: ModelIndex[] = [{ v: 2, name: '_id_', key: { _id: 1 } }]
  readonly #entries = new Map<string, Entry>()
  readonly #held = new Map<string, Transaction>()
  readonly #unique = new Map<string, UniqueIndex>()
  readonly #lookedUp = new Map(LOOKED_UP.map((path) => [path, new Map<string, Set<string>>()]))

  constructor(options: Document = {}) {
    this.options = options
  }

  /** What a transaction, or nobody's, sees: what is committed, and what it has written itself. */
  *documents(transaction: Transaction | undefined, filter: Document = {}): Iterable<Document> {
    const own = transaction?.writes.get(this)
    const condition = flat(filter)
    for (const id of this.#candidates(condition)) {
      const document = this.#entries.get(id)?.document
      if (!own?.has(id) && document && matches(document, filter)) yield document
    }
    for (const document of own?.values() ?? []) if (document && matches(document, filter)) yield document
  }

  /**
   * Writes a document, or removes it.
   *
   * @throws WriteFailed for a duplicate key; CommandFailed for a conflict with another transaction
   */
  write(id: string, document: Document | undefined, transaction: Transaction | undefined, now: number): void {
    const holder = this.#held.get(id)
    if (holder && holder !== transaction) throw writeConflict()
    if (transaction && (this.#entries.get(id)?.at ?? 0) > transaction.begun) throw writeConflict()
    const own = transaction?.writes.get(this)
    if (document) {
      for (const [name, index] of this.#unique) {
        const other = index.holderOf(document, id, transaction)
        if (other === 'other transaction') throw writeConflict()
        const isGone = other !== undefined && own?.has(other) && own.get(other) === undefined
        if (other !== undefined && !isGone) throw duplicateKey(name)
      }
    }
    if (transaction === undefined) {
      this.commit(id, document, now)
      return
    }
    for (const index of this.#unique.values()) index.hold(id, document, transaction)
    transaction.writes.set(this, (own ?? new Map<string, Document | undefined>()).set(id, document))
    this.#held.set(id, transaction)
  }

  commit(id: string, document: Document | undefined, now: number): void {
    const before = this.#entries.get(id)?.document
    for (const index of this.#unique.values()) index.move(id, before, document)
    for (const [path, ids] of this.#lookedUp) {
      if (before) ids.get(keyOf(valueAt(before, path)))?.delete(id)
      if (!document) continue
      const key = keyOf(valueAt(document, path))
      ids.set(key, (ids.get(key) ?? new Set()).add(id))
    }
    if (document) this.#entries.set(id, { document, at: now })
    else this.#entries.delete(id)
    this.release(id)
  }

  release(id: string): void {
    this.#held.delete(id)
    for (const index of this.#unique.values()) index.release(id)
  }

  addIndex(index: ModelIndex): void {
    this.indexes.push(index)
    if (!index.unique) return
    const unique = new UniqueIndex(index)
    this.#unique.set(index.name, unique)
    for (const [id, { document }] of this.#entries) unique.move(id, undefined, document)
  }

  dropIndex(name: string): boolean {
    const at = this.indexes.findIndex((index) => index.name === name)
    if (at >= 0) this.indexes.splice(at, 1)
    this.#unique.delete(name)
    return at >= 0
  }

  #candidates(condition: ReadonlyMap<string, unknown>): Iterable<string> {
    const ids = condition.get('_id')
    if (Array.isArray(ids)) return new Set<string>(ids.map(keyOf))
    for (const [path, by] of this.#lookedUp) {
      const values = condition.get(path)
      if (Array.isArray(values)) return values.flatMap((value) => [...(by.get(keyOf(value)) ?? [])])
    }
    return [...this.#entries.keys()]
  }
}

/** The values that a filter asks for by fields, of which documents must have one. */
function flat(filter: Document): Map<string, unknown[]> {
  const values = new Map<string, unknown[]>()
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and') for (const one of condition) for (const [name, of] of flat(one)) values.set(name, of)
    if (path.startsWith('$')) continue
    const isObject = typeof condition === 'object' && condition !== null
    if (!isObject) values.set(path, [condition])
    else if (Array.isArray(condition.$in)) values.set(path, condition.$in)
    else if ('$eq' in condition) values.set(path, [condition.$eq])
  }
  return values
}
