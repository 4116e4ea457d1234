import { beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import { type Setting, sealedPart, setting } from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  vault = await world.open()
})

const ref = { projection: 'card', version: 1, key: '17' }
const rule = { of: (data: JsonObject) => data.memberId as string | null, fields: { name: '(forgotten)', email: '' } }
const card = { memberId: 'm-17', plan: 'basic', name: 'Ada Lovelace' }

test('a view is sealed, and opened as it was', async () => {
  const data = await vault.views.seal(ref, card, rule)
  expect(JSON.stringify(data)).not.toContain('Ada')
  expect(data).toMatchObject({ memberId: 'm-17', plan: 'basic', $personal: [{ f: ['name'] }] })
  const other = await world.open()
  const key = sealedPart({ eventData: data }).k
  expect(await other.views.open([{ ref, data }], rule)).toEqual([{ data: card, redacted: [], keys: [key] }])
})

test('a sealed view opens only under its own key, version and projection', async () => {
  const data = await vault.views.seal(ref, card, rule)
  for (const other of [{ key: '18' }, { version: 2 }, { projection: 'cards' }]) {
    const opening = vault.views.open([{ ref: { ...ref, ...other }, data }], rule)
    await expect(opening).rejects.toMatchObject({ code: 'PersonalDataTampered' })
  }
})

test('once a person is forgotten, their views have stand-ins, and so does whatever is sealed later', async () => {
  const data = await vault.views.seal(ref, card, rule)
  await vault.forget('m-17')
  const redacted = { ...card, name: '(forgotten)' }
  expect(await vault.views.open([{ ref, data }], rule)).toEqual([{ data: redacted, redacted: ['name'], keys: [] }])
  expect(await vault.views.seal(ref, card, rule)).toEqual(redacted)
})

test('a view about nobody, or without personal members, stays as it is', async () => {
  for (const data of [
    { ...card, memberId: null },
    { memberId: 'm-17', plan: 'basic' },
  ]) {
    expect(await vault.views.seal(ref, data, rule)).toEqual(data)
    expect(await vault.views.open([{ ref, data }], rule)).toEqual([{ data, redacted: [], keys: [] }])
  }
  expect(world.keys.state.views.size).toBe(1)
})

test('a view whose person has no key although nobody forgot them is PersonalKeyMissing', async () => {
  const data = await vault.views.seal(ref, card, rule)
  for (const id of world.keys.state.views.keys()) if (!id.endsWith('$root')) world.keys.state.views.delete(id)
  const opening = (await world.open()).views.open([{ ref, data }], rule)
  await expect(opening).rejects.toMatchObject({ code: 'PersonalKeyMissing', where: 'card:1:17' })
})

async function keysOf(...people: string[]): Promise<string[]> {
  const keys: string[] = []
  for (const person of people) {
    const data = await vault.views.seal(ref, { ...card, memberId: person }, rule)
    keys.push(sealedPart({ eventData: data }).k)
  }
  return keys
}

test('a state is sealed under the keys of all its people, in whatever order and however often they are named', async () => {
  const keys = await keysOf('m-1', 'm-2', 'm-3')
  const state = { names: ['Ada', 'Bob'], n: 1 }
  const sealed = await vault.states.seal(['account', '1'], keys, state)
  expect(JSON.stringify(sealed)).not.toContain('Ada')
  expect(await vault.states.seal(['account', '1'], [...keys, ...keys.toReversed()], state)).toEqual(sealed)
  const other = await world.open()
  expect(await other.states.open(['account', '1'], sealed ?? {})).toEqual({ state, keys: keys.toSorted() })
  for (const place of [['account', '2'], ['account'], ['account', '1', ''], ['account1', '']]) {
    const opening = vault.states.open(place, sealed ?? {})
    await expect(opening).rejects.toMatchObject({ code: 'PersonalDataTampered' })
  }
})

test('a state is gone, to be folded anew, once any of its people was forgotten', async () => {
  for (const forgotten of ['m-1', 'm-2', 'm-3']) {
    world = setting()
    vault = await world.open()
    const keys = await keysOf('m-1', 'm-2', 'm-3')
    const sealed = await vault.states.seal(['a'], keys, 1)
    expect(await vault.states.areCurrent(keys)).toBe(true)
    await vault.forget(forgotten)
    expect(await vault.states.open(['a'], sealed ?? {})).toBeUndefined()
    expect(await vault.states.seal(['a'], keys, 1)).toBeUndefined()
    expect(await vault.states.areCurrent(keys)).toBe(false)
  }
})

test('a state cannot be opened under fewer keys than it was sealed under', async () => {
  const keys = await keysOf('m-1', 'm-2')
  const sealed = await vault.states.seal(['a'], keys, 1)
  for (const k of [keys.slice(0, 1).sort(), keys.toSorted().toReversed(), [keys[0], keys[0]], 'x', null]) {
    const opening = vault.states.open(['a'], { ...sealed, k } as JsonObject)
    await expect(opening).rejects.toMatchObject({ code: 'PersonalDataTampered' })
  }
})

test('a state that nobody is in needs no key', async () => {
  const sealed = await vault.states.seal(['a'], [], { n: 1 })
  expect(await vault.states.open(['a'], sealed ?? {})).toEqual({ state: { n: 1 }, keys: [] })
  expect(await vault.states.areCurrent([])).toBe(true)
})

test('a state whose key is missing is PersonalKeyMissing, unless another one of its people was forgotten', async () => {
  const keys = await keysOf('m-1', 'm-2')
  const sealed = (await vault.states.seal(['a'], keys, 1)) ?? {}
  const missing = keys[0] as string
  world.keys.state.views.delete(`$keys:1:${missing.split('.')[0]}`)
  const other = await world.open()
  await expect(other.states.open(['a'], sealed)).rejects.toMatchObject({ code: 'PersonalKeyMissing' })
  expect(await other.states.areCurrent(keys)).toBe(false)
  await vault.forget('m-2')
  expect(await (await world.open()).states.open(['a'], sealed)).toBeUndefined()
})
