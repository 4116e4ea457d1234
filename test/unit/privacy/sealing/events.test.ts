import { inspect } from 'node:util'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { EventDocument, NewEventDocument } from '../../../../src/core/port/event-document.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import { definitions, newEvent, registered, stored } from '../support/people.ts'
import { opened, type Setting, STREAM, sealed, sealedPart, setting } from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  vault = await world.open()
})

const sealOne = async (data: JsonObject, type = 'MemberRegistered', stream = STREAM) => {
  const [document] = await vault.events.seal(stream, [newEvent(type, data)], definitions)
  return stored(stream, document as NonNullable<typeof document>)
}

const change = (event: EventDocument, of: (part: { k: string; f: string[]; c: string }) => unknown): EventDocument => {
  const copy = structuredClone(event)
  of((copy.eventData.$personal as unknown as { k: string; f: string[]; c: string }[])[0] as never)
  return copy
}

test('personal members are stored sealed, in the shape that is documented, and the others in clear', async () => {
  const event = await sealed(vault, 'm-17')
  expect(event.eventData).toEqual({
    memberId: 'm-17',
    plan: 'basic',
    $personal: [
      {
        k: expect.stringMatching(/^[\w-]{22}\.1$/),
        f: ['email', 'name'],
        c: expect.stringMatching(/^[\w-]+$/),
      },
    ],
  })
  expect(JSON.stringify(event)).not.toContain('Ada')
  expect(await opened(vault, event)).toEqual({
    data: { memberId: 'm-17', plan: 'basic', name: 'Ada Lovelace', email: 'm-17@example.org' },
    redacted: [],
    keys: [sealedPart(event).k],
  })
})

test('any JSON that a personal member may be is opened as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (name, email) => {
      const data = { memberId: 'm-17', plan: 'basic', name, email } as JsonObject
      expect((await opened(vault, await sealOne(data))).data).toEqual(JSON.parse(JSON.stringify(data)))
    }),
    { numRuns: 50 },
  )
})

test.each([
  ['a date', new Date()],
  ['not a number', Number.NaN],
  ['a large whole number', 1n],
  ['an absent item of a list', [undefined]],
  ['a map', new Map([['needle', 1]])],
  ['half a surrogate pair', 'needle \ud800'],
  ['a method toJSON', { toJSON: () => 'needle' }],
  ['a function', { needle: () => 1 }],
  ['a symbol', { needle: Symbol('needle') }],
  ['an object that contains itself', Object.assign({ needle: {} as object }, {})],
])('a personal member with %s is refused before it is sealed, without a word about its content', async (what, name) => {
  if (what.startsWith('an object')) (name as { needle: object }).needle = name as object
  const data = { memberId: 'm-17', plan: 'basic', name, email: '' } as never
  const error = await sealOne(data).catch((one: unknown) => one)
  expect(error).toMatchObject({ code: 'NotJson', path: 'eventData.name' })
  expect(inspect(error, { depth: null })).not.toContain('needle')
})

test('repeating an append gives the same documents, also in another process', async () => {
  const events = [registered('m-17'), newEvent('PlanChanged', { plan: 'gold' }), registered('m-18')]
  const first = await vault.events.seal(STREAM, events, definitions)
  expect(await vault.events.seal(STREAM, events, definitions)).toEqual(first)
  expect(await (await world.open()).events.seal(STREAM, events, definitions)).toEqual(first)
})

test('a repeated append is a duplicate, and one with another name is EventIdReused', async () => {
  const append = async (name: string) => {
    const events = await vault.events.seal(STREAM, [registered('m-17', name)], definitions)
    return world.log.events.append(STREAM, events, { expectedVersion: 'any' })
  }
  await append('Ada')
  expect(await append('Ada')).toMatchObject({ duplicate: true })
  await expect(append('Eve')).rejects.toMatchObject({ code: 'EventIdReused' })
})

test('equal members of different events have different ciphertexts, so that nobody sees that they are equal', async () => {
  const texts = new Set<unknown>()
  for (const stream of [STREAM, 'member:18']) {
    for (const name of ['one', 'two']) {
      const [event] = await vault.events.seal(stream, [registered('m-17', 'Ada', name)], definitions)
      texts.add(sealedPart(event as NewEventDocument).c)
    }
  }
  expect(texts.size).toBe(4)
})

describe('tampering', () => {
  const tampered = { code: 'PersonalDataTampered', where: 'member:17@1' }

  test('a ciphertext that was moved to another place is PersonalDataTampered', async () => {
    const event = await sealed(vault, 'm-17')
    const moved: EventDocument[] = [
      { ...event, metadata: { ...event.metadata, eventId: 'another' } },
      { ...event, metadata: { ...event.metadata, schemaVersion: 2 } },
      { ...event, eventType: 'MembersMarried' },
      { ...event, stream: { id: 'member:18', version: 1 } },
    ]
    for (const one of moved) await expect(opened(vault, one)).rejects.toMatchObject({ code: 'PersonalDataTampered' })
    expect(await opened(vault, { ...event, stream: { ...event.stream, version: 9 } })).toMatchObject({ redacted: [] })
  })

  test('each changed character of a ciphertext is PersonalDataTampered', async () => {
    const event = await sealed(vault, 'm-17')
    const { length } = sealedPart(event).c
    for (let i = 0; i < length; i++) {
      const flipped = change(event, (part) => {
        part.c = `${part.c.slice(0, i)}${part.c[i] === 'A' ? 'B' : 'A'}${part.c.slice(i + 1)}`
      })
      await expect(opened(vault, flipped)).rejects.toMatchObject(tampered)
    }
  })

  test('changed names of members are PersonalDataTampered', async () => {
    const event = await sealed(vault, 'm-17')
    for (const f of [['email'], ['name', 'email'], ['email', 'plan'], ['email', 'name', 'plan'], [], [1]]) {
      const renamed = change(event, (part) => {
        part.f = f as string[]
      })
      await expect(opened(vault, renamed), JSON.stringify(f)).rejects.toMatchObject(tampered)
    }
  })

  test('the ciphertexts of two people or two events cannot be swapped', async () => {
    const [one, two] = [await sealed(vault, 'm-17'), await sealed(vault, 'm-18')]
    await expect(opened(vault, { ...one, eventData: two.eventData })).rejects.toMatchObject(tampered)
    const key = sealedPart(two).k
    const other = change(one, (part) => {
      part.k = key
    })
    await expect(opened(vault, other)).rejects.toMatchObject(tampered)
  })

  test('sealed parts of another shape are PersonalDataTampered', async () => {
    const event = await sealed(vault, 'm-17')
    for (const $personal of [
      {},
      'text',
      1,
      null,
      [null],
      [[]],
      [{ k: 'a', f: 'name', c: 'x' }],
      [{ k: 1, f: [], c: '' }],
    ]) {
      const odd = { ...event, eventData: { ...event.eventData, $personal } } as EventDocument
      await expect(opened(vault, odd), JSON.stringify($personal)).rejects.toMatchObject(tampered)
    }
    const odd = { ...event, eventData: { ...event.eventData, $apart: { scan: { in: 1 } } } }
    await expect(opened(vault, odd)).rejects.toMatchObject(tampered)
  })

  test('tampering is never taken for forgetting', async () => {
    const event = await sealed(vault, 'm-17')
    await vault.forget('m-18')
    const broken = change(event, (part) => {
      part.c = part.c.slice(2)
    })
    await expect(opened(vault, broken)).rejects.toMatchObject(tampered)
  })
})

test('an event of two people is opened for one of them after the other one was forgotten', async () => {
  const data = { first: 'm-1', second: 'm-2', firstName: 'Ada', secondName: 'Bob' }
  const event = await sealOne(data, 'MembersMarried')
  expect((await opened(vault, event)).data).toEqual(data)
  await vault.forget('m-2')
  const { k: one } = sealedPart(event)
  expect(await opened(vault, event)).toEqual({
    data: { ...data, secondName: '(gone)' },
    redacted: ['secondName'],
    keys: [one],
  })
})

test('readers can tell a stand-in from data, since the event names its redacted members', async () => {
  const written = await sealOne({ memberId: 'm-17', plan: 'basic', name: '(forgotten)', email: '' })
  expect(await opened(vault, written)).toMatchObject({ redacted: [] })
  await vault.forget('m-17')
  expect(await opened(vault, written)).toEqual({
    data: { memberId: 'm-17', plan: 'basic', name: '(forgotten)', email: '' },
    redacted: ['email', 'name'],
    keys: [],
  })
})

test('only members that are there are sealed, and an array in one survives every read', async () => {
  const event = await sealOne({ memberId: 'm-17', plan: 'basic', email: ['a', { b: [] }, 'a'] as never })
  for (let i = 0; i < 3; i++) expect((await opened(vault, event)).data).toMatchObject({ email: ['a', { b: [] }, 'a'] })
  expect(event.eventData.$personal).toMatchObject([{ f: ['email'] }])
  await vault.forget('m-17')
  expect((await opened(vault, event)).data).not.toHaveProperty('name')
})

test('data about nobody stays in clear, and needs no key', async () => {
  const data = { memberId: null as never, plan: 'basic', name: 'nobody', email: '' }
  expect((await sealOne(data)).eventData).toEqual(data)
  expect(world.keys.state.views.size).toBe(1)
})

test('a reader without personal data gets the rest, and no key is read', async () => {
  const event = await sealed(vault, 'm-17')
  const other = await world.open()
  world.keys.state.views.clear()
  expect(await other.events.open([event], definitions, { personal: false })).toEqual([
    { data: { memberId: 'm-17', plan: 'basic' }, redacted: [], keys: [] },
  ])
})

test('members that the definition no longer names are left out after forgetting, and named as redacted', async () => {
  const event = await sealed(vault, 'm-17')
  await vault.forget('m-17')
  expect(await vault.events.open([event], {}, { personal: true })).toEqual([
    { data: { memberId: 'm-17', plan: 'basic' }, redacted: ['email', 'name'], keys: [] },
  ])
})

test('an id of a person that cannot be one is InvalidPersonId, and its value is in no message', async () => {
  for (const memberId of ['', 'x'.repeat(201), '\ud800', 17, {}]) {
    const failure = await sealOne({ memberId, plan: 'p', email: 'e' } as never).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'InvalidPersonId' })
    if (String(memberId).length > 10) expect(String(failure)).not.toContain(String(memberId))
  }
  expect((await sealOne({ memberId: 'x'.repeat(200), plan: 'p', email: 'e' })).eventData).toHaveProperty('$personal')
})

test('an error of a rule is reported without its message, which may contain personal data', async () => {
  const rule = {
    of: () => {
      throw new RangeError('Ada Lovelace')
    },
    fields: { name: '' },
  }
  const own = { Odd: { schema: {}, personal: rule } } as never
  const sealing = vault.events.seal(STREAM, [newEvent('Odd', { name: 'Ada Lovelace' })], own)
  const failure = await sealing.catch((error: Error) => error)
  expect(failure).toMatchObject({ code: 'InvalidDefinition', message: expect.stringContaining('threw RangeError') })
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('Ada')
})

test('data cannot bring its own sealed members', async () => {
  const events = [newEvent('MemberRegistered', { memberId: 'm', plan: 'p', email: 'e', $personal: [] })]
  await expect(vault.events.seal(STREAM, events, definitions)).rejects.toMatchObject({ code: 'InvalidEvent' })
})
