import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { forgottenThrough, type KeyDocument } from '../vault/people/key-document.ts'
import type { Forgetting } from './forgetting.ts'

const ATTEMPTS = 20

/** What forgetting a person returns. */
export type ForgetResult = {
  /** From then on no process can open what was sealed for the person, since no cache has the key any longer. */
  readonly unreadableBy: Date
  /** Whether nothing is left to do, so that the log tells projections. Repeat it to learn when that is the case. */
  readonly isFinished: boolean
}

/**
 * Forgets a person's keys, in one write of one document: the key is gone, no other one can be made, and what is left to
 * do is recorded. It may be repeated. A person who has no key yet gets the fence alone, so that a first use that is
 * under way fails.
 *
 * @param through the last generation to forget; by default all of them
 * @throws InvalidPersonId, KeysUnavailable: then repeat it, since it may or may not have happened
 */
export async function forget(
  { store, epochs, ring, clock, margin }: Forgetting,
  person: string,
  through?: number,
): Promise<ForgetResult> {
  const keyId = ring.keyIdOf(person)
  let forgotten: number | undefined
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { root, keys } = await store.read([keyId])
    const ttl = epochs.accept(root).longestTtl
    const stored = keys.get(keyId)
    const dueAfter = (time: number) => new Date(time + ttl + margin).toISOString()
    const fenced = forgottenThrough(stored?.document, through, { due: dueAfter(clock.now()), person })
    let next: KeyDocument | undefined = fenced
    if (fenced === stored?.document) {
      const { marker } = fenced
      if (marker === null) return { unreadableBy: new Date(clock.now()), isFinished: true }
      if (forgotten === undefined) return { unreadableBy: new Date(marker.due), isFinished: false }
      // The write may have been late, and a process with a longer time to live may have read the key before it.
      const isLate = Date.parse(marker.due) < forgotten + ttl + margin / 2
      next = isLate ? { ...fenced, marker: { ...marker, due: dueAfter(forgotten) } } : undefined
      if (next === undefined) return { unreadableBy: new Date(forgotten + ttl), isFinished: false }
    }
    const { saved } = await store.save(keyId, next, stored ? { ifMatch: stored.etag } : 'ifAbsent')
    ring.evict(keyId)
    if (saved) forgotten ??= clock.now()
  }
  throw new KeysUnavailable(`The document of a person kept changing: it could not be saved in ${ATTEMPTS} attempts`)
}
