import type { StoredDocument } from '../documents/stored-document.ts'

/** The documents of a partition in the order of their LSNs, each in its latest version. Deletes leave no trace. */
export type ChangeLog = {
  /** Puts the newest versions, whose LSNs are none below what is there, at the end. */
  push(document: StoredDocument): void
  /** The documents whose LSN is above `lsn`, in order. */
  after(lsn: number): Iterable<StoredDocument>
  /** Forgets what was pushed with an LSN above `lsn`. */
  forgetAfter(lsn: number): void
}

/** @param isLatest whether a version that was pushed still is its document's latest */
export function changeLog(isLatest: (document: StoredDocument) => boolean): ChangeLog {
  let entries: StoredDocument[] = []
  let compactAt = 1_000

  function firstAbove(lsn: number): number {
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((entries[middle]?.lsn ?? Number.POSITIVE_INFINITY) > lsn) high = middle
      else low = middle + 1
    }
    return low
  }

  return {
    push(document) {
      if (entries.length >= compactAt) {
        entries = entries.filter(isLatest)
        compactAt = Math.max(1_000, 2 * entries.length)
      }
      entries.push(document)
    },
    *after(lsn) {
      for (let i = firstAbove(lsn); i < entries.length; i++) {
        const document = entries[i]
        if (document !== undefined && isLatest(document)) yield document
      }
    },
    forgetAfter(lsn) {
      entries = entries.slice(0, firstAbove(lsn))
    },
  }
}
