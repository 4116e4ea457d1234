import type { JsonObject } from '../../../core/json/json.ts'
import { isTime } from '../../../core/stored-time.ts'

/** What is left to do after a person was forgotten. */
export type DueMarker = {
  /** From when on no process can have the key in its cache: ISO 8601. */
  readonly due: string
  readonly person: string
}

/**
 * The keys of one person, and the fence that keeps a forgotten key from being used again. It is one document, so that no
 * write and no restore of a part can separate the two.
 */
export type KeyDocument = {
  /** The generation of the newest key, from 1. */
  readonly generation: number
  /** The newest key, wrapped by the key of the epoch; null if it was forgotten, or was never made. */
  readonly key: string | null
  readonly epoch: number
  /** The last generation that was forgotten; 0 if none was. */
  readonly forgottenThrough: number
  /** The last generation that may be made. */
  readonly admitted: number
  /** Null if nothing is left to do. */
  readonly marker: DueMarker | null
}

/** Whether nothing may be sealed for the person any more. */
export const isForgotten = ({ admitted, forgottenThrough }: KeyDocument): boolean => admitted <= forgottenThrough

/** A document that a key was put into. */
export const withKey = (
  document: KeyDocument | undefined,
  { epoch, key, generation }: Pick<KeyDocument, 'epoch' | 'generation'> & { readonly key: string },
): KeyDocument => ({
  forgottenThrough: 0,
  admitted: generation,
  marker: null,
  ...document,
  generation,
  key,
  epoch,
})

/** The generation of the key to make next. */
export const nextGeneration = (document: KeyDocument | undefined): number => document?.admitted ?? 1

/** The document of a person whose keys up to a generation are forgotten; the same one if there is nothing to change. */
export function forgottenThrough(
  document: KeyDocument | undefined,
  through: number | undefined,
  marker: DueMarker,
): KeyDocument {
  if (document === undefined) {
    const generation = through ?? 1
    return { generation, key: null, epoch: 0, forgottenThrough: generation, admitted: generation, marker }
  }
  const last = through ?? Math.max(document.generation, document.admitted)
  if (document.forgottenThrough >= last) return document
  const key = document.generation <= last ? null : document.key
  return { ...document, key, forgottenThrough: last, marker }
}

// Each generation takes as long as forgetting does. Work that depends on a larger number would not come to an end.
const MOST = 100_000

/**
 * The content of a stored document; undefined if it is not one, or contradicts itself: each key is either there or
 * forgotten. A fence that was taken down, or put around a key that is still there, must not decide anything.
 */
export function parseKeyDocument(data: JsonObject | null): KeyDocument | undefined {
  if (data === null) return undefined
  const { generation, key, epoch, forgottenThrough, admitted, marker } = data
  const numbers = [generation, epoch, forgottenThrough, admitted]
  if (!numbers.every((n) => Number.isSafeInteger(n)) || !isMarker(marker)) return undefined
  if (numbers.some((n) => (n as number) < 0 || (n as number) > MOST)) return undefined
  const isForgotten = (generation as number) <= (forgottenThrough as number)
  const isWhole = isForgotten ? key === null : typeof key === 'string' && key !== ''
  return isWhole ? (data as unknown as KeyDocument) : undefined
}

function isMarker(marker: JsonObject[string]): boolean {
  if (marker === null) return true
  const { due, person } = (marker ?? {}) as { readonly [member: string]: unknown }
  return isTime(due) && typeof person === 'string'
}
