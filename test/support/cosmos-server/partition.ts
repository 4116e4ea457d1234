import { runProcedure } from './run-procedure.ts'
import type { Documents, Run, ServerFaults, StoredDocument } from './types.ts'

/** When everything is written, in seconds since 1970. */
const WRITTEN = Date.UTC(2026, 0, 1) / 1000

/**
 * One logical partition of a Cosmos DB container, for stored procedures given as text. It keeps what they rely on:
 * a run is one transaction, which a throw rolls back, and ids are unique.
 */
export class FakePartition implements Documents {
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
      .map(({ _self, _etag, _ts, ...document }) => document)
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
    return { ...structuredClone(document), _self: `docs/${document.id}/`, _etag: `"${++this.#etags}"`, _ts: WRITTEN }
  }
}
