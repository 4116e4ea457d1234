import { beforeEach, describe, expect, test } from 'vitest'
import { finishDue } from '../../../../src/privacy/forgetting/finish.ts'
import { forget } from '../../../../src/privacy/forgetting/forget.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import type { KeyDocument } from '../../../../src/privacy/vault/people/key-document.ts'
import type { RootDocument } from '../../../../src/privacy/vault/root-document.ts'
import { forgetCompletely, forgettingIn, MARGIN, markersOf, TTL } from '../support/forgetting.ts'
import { opened, type Setting, sealed, sealedPart, setting } from '../support/vaults.ts'

// What an administrator of the keys' database, or a restore of a part of it, may do to documents of keys.

let world: Setting
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  vault = await world.open()
})

/** Edits the stored document of a person's keys, or of the vault, behind the back of all processes. */
function edit<Document>(keyId: string, change: (document: Document) => object): void {
  const { views } = world.keys.state
  const found = [...views].find(([id]) => id.endsWith(`:${keyId}`))
  if (found === undefined) throw new Error(`No document of ${keyId}`)
  const [id, { json, etag }] = found
  const document = JSON.parse(json)
  views.set(id, { etag, json: JSON.stringify({ ...document, data: { ...document.data, ...change(document.data) } }) })
}

const keyIdOf = async (person: string) => sealedPart(await sealed(vault, person)).k.slice(0, -2)

describe('the document of a person that was edited', () => {
  const MISMATCH = { code: 'VaultMismatch' }

  test('so that the fence is down: makes no key under a forgotten generation', async () => {
    const event = await sealed(vault, 'm-17')
    await forgetCompletely(world, 'm-17')
    edit<KeyDocument>(sealedPart(event).k.slice(0, -2), () => ({ forgottenThrough: 0 }))
    const another = await world.open()
    await expect(sealed(another, 'm-17', 'Ada', 'two')).rejects.toMatchObject(MISMATCH)
    await expect(opened(another, event)).rejects.toMatchObject(MISMATCH)
  })

  test('so that a fence is around a key that is still there: does not pass for forgetting', async () => {
    const event = await sealed(vault, 'm-17')
    edit<KeyDocument>(sealedPart(event).k.slice(0, -2), () => ({ forgottenThrough: 7 }))
    await expect(opened(await world.open(), event)).rejects.toMatchObject(MISMATCH)
  })

  test.each([
    ['no key', { key: null }],
    ['an empty key', { key: '' }],
    ['a marker without a time', { marker: { due: 'soon', person: 'm-17' } }],
    ['a marker with a time that is no text', { marker: { due: 1, person: 'm-17' } }],
    ['a marker without a person', { marker: { due: '2026-01-01T00:00:00.000Z' } }],
    ['no marker', { marker: undefined }],
  ])('so that there is %s: is VaultMismatch', async (_, change) => {
    const event = await sealed(vault, 'm-17')
    edit<KeyDocument>(sealedPart(event).k.slice(0, -2), () => change)
    await expect(opened(await world.open(), event)).rejects.toMatchObject(MISMATCH)
  })

  test('does not keep other people from being forgotten', async () => {
    const keyId = await keyIdOf('m-17')
    const forgetting = await forgettingIn(world)
    for (const person of ['m-16', 'm-17', 'm-18']) await forget(forgetting, person)
    edit<KeyDocument>(keyId, () => ({ forgottenThrough: 0 }))
    world.clock.advance(TTL + MARGIN)
    const failures: unknown[] = []
    const result = await finishDue(forgetting, new Set(), (error) => void failures.push(error))
    expect(result).toEqual({ finished: 2 })
    expect(failures).toEqual([expect.objectContaining(MISMATCH)])
    expect((await markersOf(world)).map(({ person }) => person).sort()).toEqual(['m-16', 'm-18'])
  })

  test('so that another person counts as forgotten: tells projections nothing', async () => {
    const keyId = await keyIdOf('m-17')
    const forgetting = await forgettingIn(world)
    await forget(forgetting, 'm-17')
    edit<KeyDocument>(keyId, ({ marker }) => ({ marker: { ...marker, person: 'm-18' } }))
    world.clock.advance(TTL + MARGIN)
    const failures: unknown[] = []
    await finishDue(forgetting, new Set(), (error) => void failures.push(error))
    expect(failures).toEqual([expect.objectContaining(MISMATCH)])
    expect(await markersOf(world)).toEqual([])
  })
})

describe("the vault's own document", () => {
  test.each([
    ['no longest time to live', { longestTtl: undefined }],
    ['a time to live that is none', { longestTtl: 'long' }],
    ['a current epoch that it does not have', { current: 2 }],
    ['an epoch without a key', { epochs: { 1: { master: 'test:1', since: '2026-01-01T00:00:00.000Z' } } }],
    ['an epoch that began at no time', { epochs: { 1: { master: 'test:1', key: 'AA', since: 'then' } } }],
    ['an index without a key', { index: { epoch: 1 } }],
    ['no index', { index: null }],
  ])('with %s is VaultMismatch', async (_, change) => {
    edit<RootDocument>('$root', () => change)
    await expect(vault.forget('m-17')).rejects.toMatchObject({ code: 'VaultMismatch' })
    await expect(world.open()).rejects.toMatchObject({ code: 'VaultMismatch' })
  })

  test('of an older backup does not make a process wait shorter than the caches that it knows of', async () => {
    const long = await world.open({ keyCache: { ttl: 600_000 } })
    edit<RootDocument>('$root', () => ({ longestTtl: 0 }))
    const { unreadableBy } = await long.forget('m-17')
    expect(unreadableBy.getTime()).toBeGreaterThanOrEqual(world.clock.now() + 600_000)
  })
})
