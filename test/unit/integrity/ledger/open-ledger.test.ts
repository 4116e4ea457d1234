import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Json } from '../../../../src/core/json/json.ts'
import type { Block } from '../../../../src/integrity/ledger/blocks/block.ts'
import { parseBlock } from '../../../../src/integrity/ledger/blocks/parse-block.ts'
import { newestGeneration } from '../../../../src/integrity/ledger/generations.ts'
import type { Ledger } from '../../../../src/integrity/ledger/ledger.ts'
import { openLedger } from '../../../../src/integrity/ledger/open-ledger.ts'
import { advanceState, EMPTY_STATE } from '../../../../src/integrity/ledger/state/advance-state.ts'
import { leafHash } from '../../../../src/integrity/merkle/hash.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import { chainOf } from '../support/blocks.ts'

const blocks = chainOf(40)
const [first] = blocks as [Block]
let storage: MemoryStorage
let ledger: Ledger

beforeEach(async () => {
  storage = openMemory()
  ledger = openLedger(storage.viewStore, { generation: 1, incarnation: storage.incarnation })
})

/** Edits a stored document behind the back of everybody. */
function edit(id: string, change: (content: Record<string, Json>) => Json): void {
  const stored = storage.state.views.get(id)
  if (stored === undefined) throw new Error(`No document ${id}`)
  const document = JSON.parse(stored.json)
  storage.state.views.set(id, { ...stored, json: JSON.stringify({ ...document, content: change(document.content) }) })
}

describe('the blocks of a ledger', () => {
  test('are written once: a second block of the same number is refused', async () => {
    expect(await ledger.create(first)).toBe(true)
    expect(await ledger.create({ ...first, header: { ...first.header, incarnation: 'other' } })).toBe(false)
    expect(await ledger.blocks(0, 1)).toEqual([first])
  })

  test('are read in order, up to the first that is missing', async () => {
    for (const block of blocks) await ledger.create(block)
    expect(await ledger.blocks(3, 30)).toEqual(blocks.slice(3, 33))
    storage.state.views.delete('$chain:1:20')
    expect(await ledger.blocks(0, 40)).toEqual(blocks.slice(0, 20))
    expect(await ledger.blocks(40, 5)).toEqual([])
  })

  test.each([0, 1, 2, 3, 4, 7, 8, 9, 31, 40])(
    'end at the last of %i, whatever number is known to exist',
    async (size) => {
      for (const block of blocks.slice(0, size)) await ledger.create(block)
      for (const known of [undefined, -1, ...blocks.slice(0, size).keys()]) {
        expect(await ledger.last(known)).toBe(size - 1)
      }
    },
  )

  test('end at the last one although the state covers more', async () => {
    for (const block of blocks.slice(0, 5)) await ledger.create(block)
    const state = blocks.reduce((before, block) => advanceState(before, block).state, EMPTY_STATE)
    await ledger.saveState(state, undefined)
    expect(await ledger.last()).toBe(4)
  })

  test('are refused when they do not have the shape of a block', async () => {
    await ledger.create(first)
    edit('$chain:1:0', (content) => ({ ...content, header: { ...(content.header as object), n: 1 } }))
    await expect(ledger.blocks(0, 1)).rejects.toMatchObject({ code: 'LedgerDamaged', block: 0 })
    edit('$chain:1:0', () => 'text')
    await expect(ledger.blocks(0, 1)).rejects.toMatchObject({ code: 'LedgerDamaged', block: 0 })
  })
})

test('a block from which any member was removed, or to which one was added, does not have the shape of a block', () => {
  expect(parseBlock(structuredClone(first), 0)).toEqual(first)
  const paths = pathsOf(first)
  expect(paths.length).toBeGreaterThan(20)
  for (const path of paths) {
    expect(parseBlock(without(first, path), 0), path.join('.')).toBeUndefined()
  }
  const extra = [
    { ...first, x: 1 },
    { ...first, header: { ...first.header, x: 1 } },
    { ...first, body: { ...first.body, x: 1 } },
  ]
  for (const block of extra) expect(parseBlock(block, 0)).toBeUndefined()
})

test('a block in which any value was replaced by one of another type is read as a block of that shape or not at all', () => {
  fc.assert(
    fc.property(fc.constantFrom(...pathsOf(first)), fc.jsonValue(), (path, value) => {
      const edited = JSON.parse(JSON.stringify(first))
      const owner = path.slice(0, -1).reduce((object, name) => object[name], edited)
      owner[path.at(-1) as string] = value
      const parsed = parseBlock(edited, 0)
      if (parsed !== undefined) {
        expect(typeof parsed.header.incarnation).toBe('string')
        expect(parsed.header.parts[0]?.events).toBe(parsed.body.places.length)
      }
    }),
  )
})

function pathsOf(value: object, path: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const own = [...path, name]
    return typeof member === 'object' && member !== null ? [own, ...pathsOf(member, own)] : [own]
  })
}

function without(block: object, path: readonly string[]): unknown {
  const copy = JSON.parse(JSON.stringify(block))
  const owner = path.slice(0, -1).reduce((object, name) => object[name], copy)
  const name = path.at(-1) as string
  if (Array.isArray(owner)) owner.splice(Number(name), 1)
  else delete owner[name]
  return copy
}

describe('the other documents of a ledger', () => {
  test('the state is saved only if it is still the one that was read', async () => {
    expect(await ledger.state()).toBeUndefined()
    const etag = await ledger.saveState(EMPTY_STATE, undefined)
    const { state } = advanceState(EMPTY_STATE, first)
    expect(await ledger.saveState(state, undefined)).toBeUndefined()
    expect(await ledger.saveState(state, 'other')).toBeUndefined()
    expect(await ledger.saveState(state, etag)).toBeDefined()
    expect((await ledger.state())?.document).toEqual(state)
  })

  test('a state that does not have the shape of one counts as missing, and is replaced', async () => {
    const { state } = advanceState(EMPTY_STATE, first)
    for (const change of [{ size: -1 }, { tiles: [] }, { tiles: ['!'] }, { ends: [1] }, { size: 2 }]) {
      const etag = (await ledger.state())?.etag
      await ledger.saveState(state, etag)
      edit('$chain:1:state', (content) => ({ ...content, ...change }))
      expect(await ledger.state(), JSON.stringify(change)).toBeUndefined()
      expect(await ledger.saveState(state, undefined)).toBeDefined()
    }
  })

  test('a tile is saved once, and one that is not full counts as missing', async () => {
    const hashes = Array.from({ length: 256 }, (_, i) => leafHash(String(i)))
    await ledger.saveTile(0, 3, hashes)
    await ledger.saveTile(0, 3, hashes.toReversed())
    const wanted = [
      { level: 0, index: 3 },
      { level: 1, index: 0 },
    ]
    expect([...(await ledger.tiles(wanted))]).toEqual([['0-3', hashes]])
    edit('$chain:1:tile-0-3', () => ({ hashes: '' }))
    expect(await ledger.tiles(wanted)).toEqual(new Map())
  })

  test('documents of one kind are saved, read and removed apart from those of others', async () => {
    const etag = await ledger.save('head', 'a', { note: 'one' }, 'ifAbsent')
    expect(await ledger.save('head', 'a', { note: 'two' }, 'ifAbsent')).toBeUndefined()
    expect(await ledger.get('work', 'a')).toBeUndefined()
    expect(await ledger.save('head', 'a', { note: 'two' }, { ifMatch: etag as string })).toBeDefined()
    expect(await ledger.getMany('head', ['a', 'b'])).toEqual(new Map([['a', { note: 'two' }]]))
    await ledger.remove('head', 'a')
    await ledger.remove('head', 'a')
    expect(await ledger.get('head', 'a')).toBeUndefined()
  })
})

test('no query of views returns a document of a ledger', async () => {
  await ledger.create(first)
  await ledger.save('head', 'a', { note: 'one' }, 'ifAbsent')
  expect(await storage.viewStore.query({ projection: '$chain', version: 1 })).toEqual({ views: [] })
})

test('a new generation has blocks of its own, and the salts of the one before', async () => {
  expect(await newestGeneration(storage.viewStore)).toBe(0)
  await ledger.create(first)
  await ledger.save('salt', 'meter:1', { salt: 's' }, 'ifAbsent')
  await ledger.save('head', 'a', { note: 'one' }, 'ifAbsent')
  expect(await newestGeneration(storage.viewStore)).toBe(1)
  const second = openLedger(storage.viewStore, { generation: 2, incarnation: 'two' })
  expect(await second.last()).toBe(-1)
  expect((await second.get('salt', 'meter:1'))?.document).toEqual({ salt: 's' })
  expect(await second.get('head', 'a')).toBeUndefined()
  await second.create(first)
  expect(await newestGeneration(storage.viewStore)).toBe(2)
})
