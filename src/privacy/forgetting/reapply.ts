import { VaultMismatch } from '../../core/errors/vault.ts'
import { forget } from './forget.ts'
import type { Forgetting } from './forgetting.ts'
import { type ForgottenPerson, listForgotten } from './marker.ts'
import { removePayloads } from './remove-payloads.ts'

/** The options of `reapply`. */
export type ReapplyOptions = {
  /** Who was forgotten according to a list that was kept elsewhere, for when the log was restored, too. */
  readonly also?: Iterable<ForgottenPerson> | AsyncIterable<ForgottenPerson>
  readonly signal?: AbortSignal
  /** Called with the number of people compared so far. */
  readonly onProgress?: (compared: number) => void
}

/** The result of `reapply`. */
export type ReapplyReport = {
  /** How many entries were compared. */
  readonly compared: number
  /** How many people had come back, and are forgotten again. */
  readonly forgottenAgain: number
}

/**
 * Forgets again whom a restored backup of the keys brought back: everybody of whom the log, or a list, says that they
 * were forgotten. Their payloads are removed again, too.
 *
 * @throws KeysUnavailable, PayloadStoreFailed, VaultMismatch if the entries belong to another vault; it may be repeated
 */
export async function reapply(
  forgetting: Forgetting,
  { also = [], signal, onProgress }: ReapplyOptions,
): Promise<ReapplyReport> {
  let [compared, forgottenAgain] = [0, 0]
  for (const source of [listForgotten(forgetting.log().events, signal), also]) {
    for await (const entry of source) {
      signal?.throwIfAborted()
      if (await reapplyOne(forgetting, entry)) forgottenAgain++
      compared++
      onProgress?.(compared)
    }
  }
  return { compared, forgottenAgain }
}

async function reapplyOne(forgetting: Forgetting, { person, key, through }: ForgottenPerson): Promise<boolean> {
  const { store, ring, payloads } = forgetting
  if (ring.keyIdOf(person) !== key) {
    throw new VaultMismatch('People of this log were forgotten in another vault: open the one that belongs to it')
  }
  const before = (await store.read([key])).keys.get(key)?.document
  const isBack = before === undefined || before.forgottenThrough < through
  if (isBack) await forget(forgetting, person, through)
  const after = isBack ? (await store.read([key])).keys.get(key)?.document : before
  if (after && payloads) await removePayloads(payloads, key, after.forgottenThrough)
  return isBack
}
