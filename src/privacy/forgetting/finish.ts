import { VaultMismatch } from '../../core/errors/vault.ts'
import type { Stored } from '../../core/port/save.ts'
import type { DueMarker, KeyDocument } from '../vault/people/key-document.ts'
import type { Forgetting } from './forgetting.ts'
import { appendMarker } from './marker.ts'
import { removePayloads } from './remove-payloads.ts'

/** The result of one pass of finishing. */
export type FinishResult = {
  /** How many are finished now. */
  readonly finished: number
  /** When the next one can be finished; absent if none is left. */
  readonly next?: Date
}

type Pending = { readonly keyId: string; readonly stored: Stored<KeyDocument>; readonly marker: DueMarker }

/**
 * Does what is left to do for people who were forgotten: removes their payloads at once and, when no process can have
 * their key any longer, once more; then overwrites what is left of the key in files of this machine; then appends the
 * marker. Each step may be repeated, so that any process can continue where another one died.
 *
 * @param begun whose payloads this process has removed before
 * @param failed called for each person who could not be finished, and is tried again by the next pass
 * @throws KeysUnavailable
 */
export async function finishDue(
  forgetting: Forgetting,
  begun: Set<string>,
  failed: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<FinishResult> {
  const { store, clock, payloads } = forgetting
  const due: Pending[] = []
  const pending = new Set<string>()
  let next = Number.POSITIVE_INFINITY
  for await (const page of store.pages({ 'marker.due': { gt: '' } })) {
    for (const { keyId, stored: read } of page) {
      signal?.throwIfAborted()
      const stored = attemptNow(read, failed)
      // One document that is damaged does not keep other people from being forgotten.
      if (stored === undefined) continue
      const { marker } = stored.document
      if (marker === null) continue
      pending.add(keyId)
      const at = Date.parse(marker.due)
      const isDue = at <= clock.now()
      if (!isDue) next = Math.min(next, at)
      const { forgottenThrough } = stored.document
      const remove = async () => payloads && removePayloads(payloads, keyId, forgottenThrough)
      if ((isDue || !begun.has(keyId)) && !(await attempt(remove, failed))) continue
      begun.add(keyId)
      if (isDue) due.push({ keyId, stored, marker })
    }
  }
  // Another process may have finished some, who can be forgotten again.
  for (const keyId of begun) if (!pending.has(keyId)) begun.delete(keyId)
  // What was replaced is overwritten for all of them at once, since that takes time.
  const isOverwritten = due.length === 0 || (await attempt(() => store.scrub(), failed))
  let finished = 0
  for (const one of isOverwritten ? due : []) {
    signal?.throwIfAborted()
    if (await attempt(() => finishOne(forgetting, one), failed)) finished++
    begun.delete(one.keyId)
  }
  return { finished, ...(next !== Number.POSITIVE_INFINITY && { next: new Date(next) }) }
}

async function finishOne({ store, ring, log }: Forgetting, { keyId, stored, marker }: Pending): Promise<void> {
  const { document, etag } = stored
  if (ring.keyIdOf(marker.person) !== keyId) {
    // Projections would sweep the views of a person who was not forgotten.
    throw new VaultMismatch(`The document of the key ${keyId} names another person as forgotten: it was edited`)
  }
  await appendMarker(log(), { person: marker.person, key: keyId, through: document.forgottenThrough })
  // If another process was first, or the person was forgotten again, its pass or the next one does it.
  await store.save(keyId, { ...document, marker: null }, { ifMatch: etag })
}

async function attempt(work: () => Promise<void>, failed: (error: unknown) => void): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    failed(error)
    return false
  }
}

function attemptNow<T>(work: () => T, failed: (error: unknown) => void): T | undefined {
  try {
    return work()
  } catch (error) {
    failed(error)
    return undefined
  }
}
