import { createHash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { PayloadReference } from '../../../../src/core/events/sealing/sealed-data.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { EventDocument, NewEventDocument } from '../../../../src/core/port/event-document.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import type { PayloadStore } from '../../../../src/privacy/payloads/payload-store.ts'
import { definitions, newEvent, registered, stored } from '../support/people.ts'
import { opened, type Setting, STREAM, setting } from '../support/vaults.ts'

/** A store in memory that counts its calls, and can be down. */
function memoryPayloads(name: string) {
  const objects = new Map<string, Uint8Array>()
  const state = { isDown: false, gets: 0 }
  const work = <T>(act: () => T): Promise<T> => {
    if (state.isDown) return Promise.reject(new Error('down'))
    return Promise.resolve(act())
  }
  const store: PayloadStore = {
    name,
    put: (key, bytes) => work(() => void objects.set(key, Uint8Array.from(bytes))),
    get(key) {
      state.gets++
      return work(() => objects.get(key))
    },
    remove: (key) => work(() => void objects.delete(key)),
    removeAll: (prefix) =>
      work(() => {
        const found = [...objects.keys()].filter((key) => key.startsWith(prefix))
        for (const key of found) objects.delete(key)
        return found.length
      }),
    async *list(prefix = '') {
      for (const [key, { length }] of await work(() => [...objects])) {
        if (key.startsWith(prefix)) yield { key, bytes: length, modified: new Date(0) }
      }
    },
  }
  return { store, objects, state }
}

let world: Setting
let personal: ReturnType<typeof memoryPayloads>
let large: ReturnType<typeof memoryPayloads>
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  personal = memoryPayloads('acme-gdpr')
  large = memoryPayloads('acme-large')
  vault = await openOne()
})

const openOne = () =>
  world.open({
    payloads: [
      { name: 'gdpr', when: (payload) => payload.personal, store: personal.store },
      { name: 'large', store: large.store },
    ],
  })

const SCAN = 'JVBERi0xLjcK'
const PAGE = 'front'
const data = { memberId: 'm-17', scan: SCAN, page: PAGE }

async function seal(eventData: JsonObject = data): Promise<EventDocument> {
  const [document] = await vault.events.seal(STREAM, [newEvent('ScanStored', eventData)], definitions)
  return stored(STREAM, document as NewEventDocument)
}

const apartOf = (event: EventDocument) => event.eventData.$apart as unknown as { [field: string]: PayloadReference }

test('members apart are in the store that the first matching rule names, and the event refers to them', async () => {
  const event = await seal()
  const { scan, page } = apartOf(event)
  const [[scanKey, scanBytes]] = [...personal.objects] as [[string, Uint8Array]]
  const [[pageKey, pageBytes]] = [...large.objects] as [[string, Uint8Array]]
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  expect(event.eventData).toEqual({ memberId: 'm-17', $apart: { scan: expect.anything(), page: expect.anything() } })
  expect(scan).toEqual({
    in: 'gdpr',
    key: scanKey,
    bytes: scanBytes.length,
    sha256: digest(scanBytes),
    k: expect.stringMatching(/^[\w-]{22}\.1$/),
  })
  expect(page).toEqual({ in: 'large', key: pageKey, bytes: pageBytes.length, sha256: digest(pageBytes) })
  expect(scanKey.startsWith(`${scan?.k}/member%3A17/`)).toBe(true)
  expect(pageKey.startsWith('member/member%3A17/')).toBe(true)
  expect(Buffer.from(scanBytes).includes(SCAN)).toBe(false)
  expect(Buffer.from(pageBytes).toString()).toBe(JSON.stringify(PAGE))
  expect(await opened(await openOne(), event)).toEqual({ data, redacted: [], keys: [scan?.k] })
})

test('repeating an append stores the same bytes under the same keys, and gives the same document', async () => {
  const first = await seal()
  expect(await seal()).toEqual(first)
  expect([personal.objects.size, large.objects.size]).toEqual([1, 1])
  // Other content under the same event id does not replace what the first event refers to.
  await seal({ ...data, scan: 'other', page: 'other' })
  expect((await opened(vault, first)).data).toEqual(data)
})

test('an absent or empty member is not stored apart', async () => {
  const event = await seal({ memberId: 'm-17', scan: null, page: PAGE })
  expect(Object.keys(apartOf(event))).toEqual(['page'])
  // That there is no scan is personal, too.
  expect(event.eventData).not.toHaveProperty('scan')
  expect((await opened(vault, event)).data).toEqual({ memberId: 'm-17', scan: null, page: PAGE })
})

test('the payload of a forgotten person reads as its stand-in, before and after it is removed, and is not fetched', async () => {
  const event = await seal()
  const redacted = { data: { ...data, scan: null }, redacted: ['scan'], keys: [] }
  await vault.forget('m-17')
  personal.state.gets = 0
  expect(await opened(vault, event)).toEqual(redacted)
  expect(personal.state.gets).toBe(0)
  world.clock.advance(100_000)
  expect(await vault.finishDue()).toEqual({ finished: 1 })
  expect([personal.objects.size, large.objects.size]).toEqual([0, 1])
  expect(await opened(vault, event)).toEqual(redacted)
})

test('a payload that is removed while its key is still cached elsewhere is forgotten, not lost', async () => {
  const event = await seal()
  const other = await openOne()
  await opened(other, event)
  await vault.forget('m-17')
  await vault.finishDue()
  expect(personal.objects.size).toBe(0)
  expect(await opened(other, event)).toMatchObject({ redacted: ['scan'] })
})

test('a payload that is gone though nobody was forgotten is PayloadLost', async () => {
  const event = await seal()
  personal.objects.clear()
  await expect(opened(vault, event)).rejects.toMatchObject({ code: 'PayloadLost' })
  large.objects.clear()
  const plain = vault.events.open([event], definitions, { personal: false })
  await expect(plain).rejects.toMatchObject({ code: 'PayloadLost' })
})

test('a store that is down fails the append before anything is appended, and a read for now', async () => {
  const event = await seal()
  large.state.isDown = true
  await expect(opened(vault, event)).rejects.toMatchObject({ code: 'PayloadStoreFailed' })
  await expect(seal()).rejects.toMatchObject({ code: 'PayloadStoreFailed' })
  large.state.isDown = false
  expect((await opened(vault, event)).data).toEqual(data)
})

test('a reader without personal data gets the payloads that are nobody’s, and no others are fetched', async () => {
  const event = await seal()
  const [plain] = await (await openOne()).events.open([event], definitions, { personal: false })
  expect(plain).toEqual({ data: { memberId: 'm-17', page: PAGE }, redacted: [], keys: [] })
  expect(personal.state.gets).toBe(0)
})

test('payloads cannot be swapped between events, nor changed together with their hashes', async () => {
  const event = await seal()
  const scan = apartOf(event).scan as PayloadReference
  const moved = { ...event, metadata: { ...event.metadata, eventId: 'another' } }
  await expect(opened(vault, moved)).rejects.toMatchObject({ code: 'PersonalDataTampered' })
  const bytes = Buffer.from(personal.objects.get(scan.key) as Uint8Array)
  bytes[20] = (bytes[20] as number) ^ 1
  personal.objects.set(scan.key, bytes)
  await expect(opened(vault, event)).rejects.toMatchObject({ code: 'PayloadTampered' })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const adapted = { ...event, eventData: { ...event.eventData, $apart: { scan: { ...scan, sha256 } } } }
  await expect(opened(vault, adapted)).rejects.toMatchObject({ code: 'PersonalDataTampered' })
})

test('a reference that was edited to name another object is refused, and no store is asked', async () => {
  const event = await seal()
  const [other] = await vault.events.seal(
    'member:18',
    [newEvent('ScanStored', { ...data, page: 'other' })],
    definitions,
  )
  const { scan, page } = apartOf(event) as { scan: PayloadReference; page: PayloadReference }
  const others = (other?.eventData.$apart ?? {}) as { page: PayloadReference }
  const refused = async (apart: object, code: string) => {
    personal.state.gets = large.state.gets = 0
    const edited = { ...event, eventData: { ...event.eventData, $apart: apart as JsonObject } }
    await expect(opened(vault, edited)).rejects.toMatchObject({ code })
    await expect(vault.events.open([edited], definitions, { personal: false })).rejects.toMatchObject({
      code: 'PayloadTampered',
    })
    expect(personal.state.gets + large.state.gets).toBe(0)
  }
  // Of another stream, with its size and hash; of another member; of a person, as if it were no person's; of nothing.
  await refused({ page: others.page }, 'PayloadTampered')
  await refused({ title: page }, 'PayloadTampered')
  const { k: _, ...clear } = scan
  await refused({ scan: clear }, 'PayloadTampered')
  for (const key of ['../../etc/passwd', '/etc/passwd', '', `${page.key.slice(0, 20)}/../../x`]) {
    await refused({ page: { ...page, key } }, 'PayloadTampered')
  }
})

test('a worker that is slow to remove payloads does not remove those of a person who was admitted meanwhile', async () => {
  const event = await seal()
  await vault.forget('m-17')
  world.clock.advance(70_000)
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow = {
    ...personal.store,
    async removeAll(prefix: string) {
      reached.resolve()
      await held.promise
      return personal.store.removeAll(prefix)
    },
  }
  const rules = [{ name: 'gdpr', when: (payload: { personal: boolean }) => payload.personal, store: slow }]
  const late = (await world.open({ payloads: rules })).finishDue()
  await reached.promise
  await vault.finishDue()
  await vault.admit('m-17')
  const again = await seal()
  held.resolve()
  await late
  expect((await opened(vault, again)).data).toEqual(data)
  expect((await opened(vault, event)).redacted).toEqual(['scan'])
  expect(personal.objects.size).toBe(1)
})

test('a payload that takes until no process may have the key any longer is not opened', async () => {
  const event = await seal()
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow: PayloadStore = {
    ...personal.store,
    async get(key) {
      const found = await personal.store.get(key)
      reached.resolve()
      await held.promise
      return found
    },
  }
  const reader = await world.open({
    keyCache: { ttl: 1000 },
    payloads: [
      { name: 'gdpr', when: (payload) => payload.personal, store: slow },
      { name: 'large', store: large.store },
    ],
  })
  const reading = opened(reader, event)
  await reached.promise
  await vault.forget('m-17')
  // Shorter than a store may take to respond.
  world.clock.advance(20_000)
  held.resolve()
  expect((await reading).redacted).toEqual(['scan'])
})

test('a vault without payload stores says which member needs one', async () => {
  const event = await seal()
  const other = await world.open()
  const sealing = other.events.seal(STREAM, [newEvent('ScanStored', data)], definitions)
  const refused = { code: 'InvalidConfiguration', message: expect.stringContaining('stored apart') }
  await expect(sealing).rejects.toMatchObject(refused)
  await expect(opened(other, event)).rejects.toMatchObject(refused)
  expect(await other.events.seal(STREAM, [registered('m-17')], definitions)).toHaveLength(1)
})
