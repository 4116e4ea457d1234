import { PersonalDataTampered, PersonalKeyMissing } from '../../core/errors/privacy.ts'
import type { StateSealing } from '../../core/events/sealing/vault.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { Keys } from '../vault/people/keys.ts'
import { boundToState } from './bound-to.ts'
import { jointKeys, type PersonKeys } from './derived-keys.ts'
import { openText, parseOpened, sealText } from './sealed-text.ts'

// A state that no personal data went into is stored as `{ k: [], state }`; any other one as `{ k, c }`.

/** Seals and opens states. */
export const stateSealing = (keys: Keys): StateSealing => ({
  async seal(place, references, state) {
    const sorted = [...new Set(references)].sort()
    if (sorted.length === 0) return { k: [], state }
    const people = await keysOf(keys, place, sorted)
    if (people === undefined) return undefined
    return { k: sorted, c: sealText(jointKeys(people), boundToState(place, sorted), canonicalJson(state)) }
  },

  async open(place, { k, c, state }) {
    if (!areReferences(k)) throw new PersonalDataTampered(place.join(':'))
    if (k.length === 0) return { state: state ?? null, keys: [] }
    const people = await keysOf(keys, place, k)
    if (people === undefined) return undefined
    const text = typeof c === 'string' ? openText(jointKeys(people), boundToState(place, k), c) : undefined
    const opened = text === undefined ? undefined : parseOpened(text)
    if (opened === undefined) throw new PersonalDataTampered(place.join(':'))
    return { state: opened, keys: k }
  },

  async areCurrent(references) {
    if (references.length === 0) return true
    const found = await keys.forOpening(references)
    return references.every((reference) => typeof found.get(reference) === 'object')
  },
})

/** @returns undefined if one of them was forgotten. @throws PersonalKeyMissing */
async function keysOf(
  keys: Keys,
  place: readonly string[],
  references: readonly string[],
): Promise<readonly PersonKeys[] | undefined> {
  const found = await keys.forOpening(references)
  const answers = references.map((reference) => found.get(reference) ?? 'missing')
  if (answers.includes('forgotten')) return undefined
  if (answers.includes('missing')) throw new PersonalKeyMissing(place.join(':'))
  return answers as readonly PersonKeys[]
}

// Sorted and each once, as they were sealed: another list would be another ciphertext's.
const areReferences = (k: JsonObject['k'] | undefined): k is readonly string[] =>
  Array.isArray(k) && k.every((one, i) => typeof one === 'string' && (i === 0 || (k[i - 1] as string) < one))
