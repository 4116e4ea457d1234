import { DocumentSample } from '../documents/document-sample.ts'
import type { Change, StoredDocument } from '../documents/stored-document.ts'
import { isWithin, type KeyInterval } from '../key-space/key-space.ts'
import type { ItemSample } from '../types.ts'
import { changeLog } from './change-log.ts'

/** One transaction that can still be undone. */
type Undo = { readonly lsn: number; readonly changes: readonly Change[] }

/**
 * A physical partition: the documents whose partition keys lie in its interval, and a counter of transactions, the LSN.
 */
export class Partition {
  readonly id: string
  readonly interval: KeyInterval
  /** Its ancestors' ids, the oldest first. */
  readonly parents: readonly string[]
  #lsn: number
  /** By number, in that order. */
  readonly #documents = new Map<number, StoredDocument>()
  /** By partition key, then by id. */
  readonly #logical = new Map<string, Map<string, StoredDocument>>()
  /** The bytes of the documents of each partition key. */
  readonly #bytes = new Map<string, number>()
  readonly #sample = new DocumentSample()
  readonly #log = changeLog((document) => this.#documents.get(document.number) === document)
  #undo: Undo[] = []

  constructor(id: string, interval: KeyInterval, parents: readonly string[], lsn: number) {
    this.id = id
    this.interval = interval
    this.parents = parents
    this.#lsn = lsn
  }

  /** The number of the last transaction. */
  get lsn(): number {
    return this.#lsn
  }

  get isEmpty(): boolean {
    return this.#documents.size === 0
  }

  /** Its documents in the order of their numbers. */
  documents(): Iterable<StoredDocument> {
    return this.#documents.values()
  }

  /** Some of its documents, as they are now. */
  sampleOfItems(): ItemSample {
    return { items: Array.from(this.#sample.documents(), ({ item }) => item), step: this.#sample.step }
  }

  /** The documents of one partition key in the order of their numbers. */
  documentsOf(key: string): Iterable<StoredDocument> {
    return this.#logical.get(key)?.values() ?? []
  }

  /** How many bytes the documents of one partition key have together. */
  bytesOf(key: string): number {
    return this.#bytes.get(key) ?? 0
  }

  get(key: string, id: string): StoredDocument | undefined {
    return this.#logical.get(key)?.get(id)
  }

  /** The document with this number, of whatever partition key. */
  numbered(number: number): StoredDocument | undefined {
    return this.#documents.get(number)
  }

  /** The latest versions that were written after `lsn`, in the order of their LSNs. */
  changesAfter(lsn: number): Iterable<StoredDocument> {
    return this.#log.after(lsn)
  }

  /**
   * Commits one transaction.
   *
   * @param kept how many of the last transactions {@link undone} must be able to take back
   */
  commit(changes: readonly Change[], kept: number): void {
    this.#lsn++
    const stamped = changes.map(({ before, after }) => ({ before, after: after && { ...after, lsn: this.#lsn } }))
    for (const change of stamped) this.#apply(change)
    if (kept > 0) this.#undo.push({ lsn: this.#lsn, changes: stamped })
    if (this.#undo.length > kept) this.#undo.splice(0, this.#undo.length - kept)
  }

  /** Loses the transactions after `lsn`, and with them the documents that were written in them, new or replaced. */
  lose(lsn: number): void {
    for (const document of [...this.#log.after(lsn)]) this.#remove(document)
    this.#log.forgetAfter(lsn)
    this.#undo = this.#undo.filter((transaction) => transaction.lsn <= lsn)
    this.#lsn = Math.min(this.#lsn, lsn)
  }

  /**
   * What the documents were that have changed since `lsn`, by number; `undefined` for those that did not exist.
   * It answers for the oldest state that is kept, when that is newer.
   */
  undone(lsn: number): { readonly lsn: number; readonly before: ReadonlyMap<number, StoredDocument | undefined> } {
    const before = new Map<number, StoredDocument | undefined>()
    let reached = this.#lsn
    for (const transaction of this.#undo.toReversed()) {
      if (transaction.lsn <= lsn) break
      for (const change of transaction.changes) {
        if (change.after !== undefined) before.set(change.after.number, undefined)
        if (change.before !== undefined) before.set(change.before.number, change.before)
      }
      reached = transaction.lsn - 1
    }
    return { lsn: reached, before }
  }

  /** The partitions that take its place, one for each interval; every document keeps its LSN. */
  split(children: readonly { readonly id: string; readonly interval: KeyInterval }[]): Partition[] {
    return children.map(({ id, interval }) => {
      const child = new Partition(id, interval, [...this.parents, this.id], this.#lsn)
      child.#take([...this.#documents.values()].filter(({ place }) => isWithin(place, interval)))
      child.#undo = this.#undo.map(({ lsn, changes }) => ({
        lsn,
        changes: changes.filter(({ before, after }) => isWithin((before ?? after)?.place ?? '', interval)),
      }))
      return child
    })
  }

  /** The partition that takes the place of two neighbours; it counts on from the greater LSN. */
  static merge(id: string, left: Partition, right: Partition): Partition {
    const parents = [...left.parents, ...right.parents, left.id, right.id]
    const interval = { min: left.interval.min, max: right.interval.max }
    const merged = new Partition(id, interval, [...new Set(parents)], Math.max(left.#lsn, right.#lsn))
    merged.#take([...left.#documents.values(), ...right.#documents.values()])
    return merged
  }

  #take(documents: readonly StoredDocument[]): void {
    for (const document of documents.toSorted((a, b) => a.number - b.number)) this.#place(document)
    for (const document of documents.toSorted((a, b) => a.lsn - b.lsn)) this.#log.push(document)
  }

  #apply({ before, after }: Change): void {
    if (before !== undefined && before.number !== after?.number) this.#remove(before)
    if (after === undefined) return
    this.#place(after)
    this.#log.push(after)
  }

  #place(document: StoredDocument): void {
    this.#grow(document.key, document.bytes - (this.#documents.get(document.number)?.bytes ?? 0))
    this.#documents.set(document.number, document)
    this.#sample.set(document)
    const logical = this.#logical.get(document.key)
    if (logical === undefined) this.#logical.set(document.key, new Map([[document.item.id, document]]))
    else logical.set(document.item.id, document)
  }

  #remove(document: StoredDocument): void {
    this.#grow(document.key, -document.bytes)
    this.#documents.delete(document.number)
    this.#sample.delete(document)
    const logical = this.#logical.get(document.key)
    logical?.delete(document.item.id)
    if (logical?.size === 0) this.#logical.delete(document.key)
  }

  #grow(key: string, bytes: number): void {
    const grown = this.bytesOf(key) + bytes
    if (grown > 0) this.#bytes.set(key, grown)
    else this.#bytes.delete(key)
  }
}
