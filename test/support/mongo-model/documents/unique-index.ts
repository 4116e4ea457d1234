import type { Document } from 'mongodb'
import { keyOf } from './compare.ts'
import { matches, valueAt } from './matches.ts'
import type { Transaction } from './transaction.ts'

/** An index as it was made. */
export type ModelIndex = Document & { readonly name: string; readonly key: Document; readonly unique?: boolean }

/** Who has which key of a unique index: committed, or on the way. */
export class UniqueIndex {
  readonly #index: ModelIndex
  readonly #ids = new Map<string, string>()
  readonly #onTheWay = new Map<string, { readonly id: string; readonly transaction: Transaction }>()
  readonly #keys = new Map<string, string>()

  constructor(index: ModelIndex) {
    this.#index = index
  }

  /** The id of another document that has the key of this one, for a transaction or for nobody's. */
  holderOf(document: Document, id: string, transaction: Transaction | undefined): string | undefined {
    const key = this.#keyOf(document)
    if (key === undefined) return undefined
    const held = this.#onTheWay.get(key)
    if (held && held.transaction !== transaction) return 'other transaction'
    const other = held?.id ?? this.#ids.get(key)
    return other === id ? undefined : other
  }

  hold(id: string, document: Document | undefined, transaction: Transaction): void {
    const key = document && this.#keyOf(document)
    this.release(id)
    if (key === undefined) return
    this.#onTheWay.set(key, { id, transaction })
    this.#keys.set(id, key)
  }

  release(id: string): void {
    const key = this.#keys.get(id)
    if (key !== undefined) this.#onTheWay.delete(key)
    this.#keys.delete(id)
  }

  move(id: string, before: Document | undefined, after: Document | undefined): void {
    const old = before && this.#keyOf(before)
    if (old !== undefined) this.#ids.delete(old)
    const key = after && this.#keyOf(after)
    if (key !== undefined) this.#ids.set(key, id)
  }

  #keyOf(document: Document): string | undefined {
    const { key, partialFilterExpression } = this.#index
    if (partialFilterExpression && !matches(document, partialFilterExpression)) return undefined
    return Object.keys(key)
      .map((path) => keyOf(valueAt(document, path)))
      .join('|')
  }
}
