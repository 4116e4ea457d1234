import { BSON, type Document, Long } from 'mongodb'
import { writable } from './body.ts'

const MOST_BYTES = 16 * 1024 * 1024

/** Answers that are given in several batches. */
export class Cursors {
  readonly #cursors = new Map<string, { readonly ns: string; rest: readonly Document[] }>()
  #last = 0

  /** The first batch of an answer, and a cursor where there is more. */
  open(ns: string, documents: readonly Document[], batchSize: number): Document {
    const { batch, rest } = take(documents, batchSize)
    return { cursor: { firstBatch: batch, id: this.#keep(ns, rest), ns } }
  }

  /** @returns undefined where there is no such cursor */
  next(id: unknown, batchSize: number): Document | undefined {
    const cursor = this.#cursors.get(String(id))
    if (cursor === undefined) return undefined
    this.#cursors.delete(String(id))
    const { batch, rest } = take(cursor.rest, batchSize)
    return { cursor: { nextBatch: batch, id: this.#keep(cursor.ns, rest), ns: cursor.ns } }
  }

  kill(ids: readonly unknown[]): void {
    for (const id of ids) this.#cursors.delete(String(id))
  }

  #keep(ns: string, rest: readonly Document[]): Long {
    if (rest.length === 0) return Long.ZERO
    const id = Long.fromNumber(++this.#last)
    this.#cursors.set(String(id), { ns, rest })
    return id
  }
}

function take(documents: readonly Document[], most: number) {
  let [count, bytes] = [0, 0]
  for (const document of documents) {
    bytes += BSON.calculateObjectSize(writable(document) as Document)
    if (count > 0 && (count >= most || bytes > MOST_BYTES)) break
    if (most < 1) break
    count++
  }
  return { batch: documents.slice(0, count), rest: documents.slice(count) }
}
