import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { boundToEvent, boundToPayload, boundToState, boundToView } from '../../../../src/privacy/sealing/bound-to.ts'
import { jointKeys, personKeys } from '../../../../src/privacy/sealing/derived-keys.ts'
import { open, seal } from '../../../../src/privacy/sealing/seal.ts'
import { keyIdOf } from '../../../../src/privacy/vault/people/person-id.ts'

// Known answers: whatever was sealed by a release must be opened by every later one. A vector is never changed; a new
// format gets vectors of its own.
const { people, keyIds, vectors } = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'))

const keyOf = (person: keyof typeof people) =>
  personKeys(people[person].ref, createSecretKey(Buffer.from(people[person].key, 'hex')))

type Vector = (typeof vectors)[number]

const boundOf = ({ format, place, keys, member, members }: Vector): Buffer => {
  const references = keys.map((person: string) => people[person].ref)
  if (format === 'event/1') return boundToEvent(place, references[0], members)
  if (format === 'payload/1') return boundToPayload(place, references[0], member)
  if (format === 'view/1') return boundToView(place, references[0], members)
  return boundToState(place, references)
}

for (const vector of vectors as Vector[]) {
  test(`what was sealed as ${vector.format} before is sealed and opened alike: ${vector.name}`, () => {
    const bound = boundOf(vector)
    const keys = vector.format === 'state/1' ? jointKeys(vector.keys.map(keyOf)) : keyOf(vector.keys[0])
    expect(bound.toString('hex')).toBe(vector.bound)
    expect(seal(keys, bound, vector.text).toString('base64url')).toBe(vector.sealed)
    expect(open(keys, bound, Buffer.from(vector.sealed, 'base64url'))?.toString()).toBe(vector.text)
  })
}

test('the ids of keys are what they were before', () => {
  const secret = createSecretKey(Buffer.from(keyIds.secret, 'hex'))
  for (const [person, id] of Object.entries(keyIds.ids)) expect(keyIdOf(secret, person)).toBe(id)
})
