import type { Payloads } from '../payloads/payloads.ts'
import { formatKeyReference } from '../vault/people/key-reference.ts'

/**
 * Removes the payloads that were sealed under the keys of a person up to a generation. Those of a later one, of a person
 * who was admitted again, stay, however late this is called.
 *
 * @throws PayloadStoreFailed
 */
export async function removePayloads(payloads: Payloads, keyId: string, forgottenThrough: number): Promise<void> {
  for (let generation = 1; generation <= forgottenThrough; generation++) {
    await payloads.forget(formatKeyReference({ keyId, generation }))
  }
}
