import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { ForgettingUnfinished } from '../../core/errors/vault.ts'
import { isForgotten } from '../vault/people/key-document.ts'
import type { Forgetting } from './forgetting.ts'

const ATTEMPTS = 20

/**
 * Lets data of a forgotten person be stored again, such as after a lawful return. They get a new key, which opens
 * nothing that was sealed before. Nothing happens for a person who was not forgotten.
 *
 * @throws ForgettingUnfinished until their marker is in the log: a process that still had the old key in its cache could
 *   otherwise seal old data under the new one. InvalidPersonId, KeysUnavailable
 */
export async function admit({ store, epochs, ring }: Forgetting, person: string): Promise<void> {
  const keyId = ring.keyIdOf(person)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { root, keys } = await store.read([keyId])
    epochs.accept(root)
    const stored = keys.get(keyId)
    if (stored === undefined || !isForgotten(stored.document)) return
    const { marker } = stored.document
    if (marker !== null) throw new ForgettingUnfinished(person, new Date(marker.due))
    const admitted = stored.document.forgottenThrough + 1
    const { saved } = await store.save(keyId, { ...stored.document, admitted }, { ifMatch: stored.etag })
    ring.evict(keyId)
    if (saved) return
  }
  throw new KeysUnavailable(`The document of a person kept changing: it could not be saved in ${ATTEMPTS} attempts`)
}
