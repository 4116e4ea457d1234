import type { StoredDocument } from './stored-document.ts'

/** The most documents that a sample holds. */
const MOST = 512

/**
 * Some of the documents of a partition, each of which stands for equally many: all of them while they are few, then
 * every second, every fourth and so on. What depends on all of them can be estimated at a price that does not grow.
 */
export class DocumentSample {
  #step = 1
  readonly #documents = new Map<number, StoredDocument>()

  /** How many documents each one stands for. */
  get step(): number {
    return this.#step
  }

  documents(): Iterable<StoredDocument> {
    return this.#documents.values()
  }

  /** Takes in the newest version of a document. */
  set(document: StoredDocument): void {
    if (!this.#isTaken(document.number)) return
    this.#documents.set(document.number, document)
    if (this.#documents.size <= MOST) return
    this.#step *= 2
    for (const number of this.#documents.keys()) if (!this.#isTaken(number)) this.#documents.delete(number)
  }

  delete({ number }: StoredDocument): void {
    this.#documents.delete(number)
  }

  #isTaken(number: number): boolean {
    return number % this.#step === 0
  }
}
