import { runProcedure } from './run-procedure.ts'

/** A document as the server keeps it. */
export type StoredDocument = {
  readonly id: string
  readonly _self: string
  readonly _etag: string
  readonly [field: string]: unknown
}

/** What a test may change about the server. */
export type ServerFaults = {
  /** Called for each server call in order, counted from 0; false makes that call answer false and do nothing. */
  readonly accepts?: (call: number) => boolean
  /** Called for each server call in order; an error makes the call fail with it. */
  readonly fails?: (call: number) => Error | undefined
  /** At most this many rows a page, and an empty page before each. */
  readonly pageSize?: number
}

/** What one run of a stored procedure did. */
export type Run = { readonly body: unknown; readonly calls: readonly string[] }

/**
 * One logical partition of a Cosmos DB container, for stored procedures given as text. It keeps what they rely on:
 * a run is one transaction, which a throw rolls back, and ids are unique.
 */
export class FakePartition {
  documents: readonly StoredDocument[] = []
  #etags = 0

  /** Puts documents there as they are, as another writer would. */
  seed(documents: readonly { readonly id: string; readonly [field: string]: unknown }[]): void {
    this.documents = [...this.documents, ...documents.map((document) => this.stamp(document))]
  }

  /** The documents without what the server added, in order of their versions. */
  contents(): { id: string; [field: string]: unknown }[] {
    const versionOf = (document: StoredDocument): number => (document.stream as { version: number }).version
    return this.documents
      .toSorted((a, b) => versionOf(a) - versionOf(b))
      .map(({ _self, _etag, ...document }) => document)
  }

  /** @throws whatever the procedure threw, after everything that it wrote was rolled back */
  execute(procedure: string, request: unknown, faults: ServerFaults = {}): Run {
    const before = this.documents
    try {
      return runProcedure(this, procedure, request, faults)
    } catch (error) {
      this.documents = before
      throw error
    }
  }

  stamp(document: { readonly id: string; readonly [field: string]: unknown }): StoredDocument {
    return { ...structuredClone(document), _self: `docs/${document.id}/`, _etag: `"${++this.#etags}"` }
  }
}
