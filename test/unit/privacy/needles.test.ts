import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLocalMaster, localMaster, openVault } from '../../../src/privacy/index.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { open, tempFolder } from '../../support/embedded/folders.ts'
import { findNeedles } from '../../support/embedded/needles.ts'
import { definitions, registered } from './support/people.ts'
import { sealedPart } from './support/vaults.ts'

const PLAIN = ['Ada Lovelace', 'm-17@example.org']

/** A folder with a log and keys, in which 50 people have events and views. */
async function filled() {
  const folder = tempFolder()
  const file = join(tempFolder(), 'vault.key')
  await createLocalMaster(file)
  const clock = manualClock()
  const storage = await open(folder, { clock })
  const vault = await openVault({ keys: storage, master: await localMaster(file), clock })
  vault.bind(storage)
  const rule = { of: (data: { readonly [name: string]: unknown }) => data.memberId as string, fields: { name: '' } }
  for (let i = 0; i < 50; i++) {
    const streamId = `member:${i}`
    const events = await vault.events.seal(streamId, [registered(`m-${i}`)], definitions)
    await storage.events.append(streamId, events, { expectedVersion: 'any' })
    const ref = { projection: 'card', version: 1, key: String(i) }
    const data = await vault.views.seal(ref, { memberId: `m-${i}`, name: 'Ada Lovelace' }, rule)
    const document = { ...ref, id: `card:1:${i}`, data, incarnation: storage.incarnation, tidemarks: [] }
    await storage.viewStore.save(document, 'ifAbsent')
  }
  return { folder, clock, storage, vault }
}

/** The wrapped key of a person, as it is stored. */
async function wrappedKey({ storage, vault }: Awaited<ReturnType<typeof filled>>, person: string): Promise<string> {
  const [sealed] = await vault.events.seal('member:x', [registered(person)], definitions)
  const { k } = sealedPart(sealed as NonNullable<typeof sealed>)
  const stored = await storage.viewStore.get({ projection: '$keys', version: 1, key: k.slice(0, -2) })
  return stored?.document.data?.key as string
}

describe('the files of a storage that holds both events and keys', () => {
  test('they contain nothing personal in clear, and the wrapped keys of people', async () => {
    const world = await filled()
    expect(findNeedles(world.folder, PLAIN)).toEqual([])
    expect(findNeedles(world.folder, [await wrappedKey(world, 'm-17')])).not.toEqual([])
    await world.storage.close()
    expect(findNeedles(world.folder, PLAIN)).toEqual([])
  })

  test('they do not contain the wrapped key of somebody who was forgotten, once the marker is in the log', async () => {
    const world = await filled()
    const { vault, clock, storage, folder } = world
    const [key, other] = [await wrappedKey(world, 'm-17'), await wrappedKey(world, 'm-18')]
    await vault.forget('m-17')
    clock.advance(100_000)
    expect(await vault.finishDue()).toEqual({ finished: 1 })
    expect(findNeedles(folder, [key, ...PLAIN])).toEqual([])
    expect(findNeedles(folder, [other])).not.toEqual([])
    await storage.close()
    expect(findNeedles(folder, [key, ...PLAIN])).toEqual([])
  })

  test('a rotation leaves the earlier wrapping of no key in them', async () => {
    const world = await filled()
    const key = await wrappedKey(world, 'm-17')
    await world.vault.rotate()
    expect(await wrappedKey(world, 'm-17')).not.toBe(key)
    expect(findNeedles(world.folder, [key])).toEqual([])
    await world.storage.close()
  })
})
