import { StorageCorrupt } from '../../core/errors/storage.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import type { DocumentAnswer, Replaces } from './writer/messages.ts'

/** A stored document's revision and text. */
export type StoredRow = readonly [revision: number, document: string]

/** The revision that a save replaces. An ETag that is not ours matches no revision, so the save is refused. */
export function replacesOf(condition: SaveCondition): Replaces {
  if (condition === 'ifAbsent') return null
  return revisionOf(condition.ifMatch)
}

/** The revision of an ETag; revisions begin at 1. */
export const revisionOf = (etag: string): number => (/^[1-9]\d{0,14}$/.test(etag) ? Number(etag) : 0)

/** What the writer's reply to a save means. */
export const saveResult = (answer: DocumentAnswer): SaveResult =>
  answer[0] === 'saved' ? { saved: true, etag: String(answer[1]) } : { saved: false }

/** The document of a row with its ETag. @throws StorageCorrupt if its text is not JSON */
export const toStored = <T>([revision, document]: StoredRow, id: string): Stored<T> => ({
  document: parseStored(document, id),
  etag: String(revision),
})

/** The value of a stored text. @throws StorageCorrupt if it is not JSON */
export function parseStored<T>(text: string, id: string): T {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StorageCorrupt(`Document ${id} is damaged`, { cause })
  }
}
