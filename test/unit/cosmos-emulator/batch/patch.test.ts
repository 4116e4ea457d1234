import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyPatch, type PatchOperation } from '../../../../src/cosmos-emulator/batch/apply-patch.ts'
import { patchItem } from '../../../../src/cosmos-emulator/batch/patch-item.ts'
import type { ItemBody, JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { EmulatedPartition } from '../../../support/emulated-partition.ts'

const document = {
  id: 'd',
  price: 10,
  none: null,
  tags: ['a', 'b', 'c'],
  stock: { here: 1, 'a/b': { '~': 2 } },
} as const satisfies JsonValue

const patched = (...operations: PatchOperation[]): JsonValue =>
  applyPatch(structuredClone(document) as never, operations)

describe('operations', () => {
  test.each<[PatchOperation, object]>([
    [{ op: 'add', path: '/color', value: 'red' }, { color: 'red' }],
    [{ op: 'add', path: '/price', value: null }, { price: null }],
    [{ op: 'add', path: '/tags/1', value: 'x' }, { tags: ['a', 'x', 'b', 'c'] }],
    [{ op: 'add', path: '/tags/3', value: 'x' }, { tags: ['a', 'b', 'c', 'x'] }],
    [{ op: 'add', path: '/tags/-', value: 'x' }, { tags: ['a', 'b', 'c', 'x'] }],
    [{ op: 'set', path: '/tags/1', value: 'x' }, { tags: ['a', 'x', 'c'] }],
    [{ op: 'set', path: '/stock', value: {} }, { stock: {} }],
    [{ op: 'set', path: '/new', value: 1 }, { new: 1 }],
    [{ op: 'replace', path: '/none', value: 1 }, { none: 1 }],
    [{ op: 'replace', path: '/tags/0', value: 'x' }, { tags: ['x', 'b', 'c'] }],
    [{ op: 'replace', path: '/stock/a~1b/~0', value: 3 }, { stock: { here: 1, 'a/b': { '~': 3 } } }],
    [{ op: 'remove', path: '/tags/1' }, { tags: ['a', 'c'] }],
    [{ op: 'remove', path: '/stock/here' }, { stock: { 'a/b': { '~': 2 } } }],
    [{ op: 'incr', path: '/price', value: -2.5 }, { price: 7.5 }],
    [{ op: 'incr', path: '/count', value: 2 }, { count: 2 }],
    [
      { op: 'move', from: '/stock/here', path: '/here' },
      { stock: { 'a/b': { '~': 2 } }, here: 1 },
    ],
    [
      { op: 'move', from: '/none', path: '/nil' },
      { none: undefined, nil: null },
    ],
    [{ op: 'move', from: '/tags/2', path: '/tags/0' }, { tags: ['c', 'a', 'b'] }],
  ])('%o', (operation, change) => {
    expect(patched(operation)).toEqual(JSON.parse(JSON.stringify({ ...document, ...change })))
  })

  test.each<[PatchOperation, string]>([
    [{ op: 'add', path: '/a/b', value: 1 }, 'cannot create path recursively'],
    [{ op: 'add', path: '/tags/4', value: 1 }, 'Index(4) to operate on is out of array bounds'],
    [{ op: 'set', path: '/tags/x', value: 1 }, 'out of array bounds'],
    [{ op: 'replace', path: '/no', value: 1 }, 'to be replaced is absent'],
    [{ op: 'remove', path: '/no' }, 'to be removed is absent'],
    [{ op: 'remove', path: '/tags/3' }, 'to be removed is absent'],
    [{ op: 'incr', path: '/id', value: 1 }, 'is not a number'],
    [{ op: 'incr', path: '/none', value: 1 }, 'is not a number'],
    [{ op: 'move', from: '/no', path: '/yes' }, 'to be moved is absent'],
    [{ op: 'move', from: '/stock', path: '/stock/inside' }, 'JSON child'],
    [{ op: 'set', path: '/_ts', value: 1 }, 'system property'],
    [{ op: 'set', path: '/', value: 1 }, 'check syntax'],
    [{ op: 'set', path: 'price', value: 1 }, 'check syntax'],
    [{ op: 'set', path: '/price' } as never, 'check syntax'],
    [{ op: 'test', path: '/price', value: 1 } as never, 'check syntax'],
  ])('refused: %o', (operation, message) => {
    const error = expect.objectContaining({ status: 400, message: expect.stringContaining(message) })
    expect(() => patched(operation)).toThrow(error)
  })

  test('one to ten of them', () => {
    const operation: PatchOperation = { op: 'incr', path: '/price', value: 1 }
    expect(patched(...Array<PatchOperation>(10).fill(operation))).toMatchObject({ price: 20 })
    expect(() => patched(...Array<PatchOperation>(11).fill(operation))).toThrow("can't exceed '10'")
    expect(() => patched()).toThrow('check syntax')
  })

  test('a name that objects inherit is a name like any other', () => {
    const result = patched({ op: 'add', path: '/__proto__', value: { x: 1 } })
    expect(Object.keys(result as object)).toContain('__proto__')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})

describe('against a model', () => {
  // The model keeps an object's members as a map and knows no paths of more than one step.
  const name = fc.constantFrom('a', 'b', 'c')
  const number = fc.integer({ min: -5, max: 5 })
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'set', 'replace'), name, value: fc.oneof(number, fc.constant('text')) }),
    fc.record({ op: fc.constant('incr'), name, value: number }),
    fc.record({ op: fc.constant('remove'), name }),
    fc.record({ op: fc.constant('move'), name, from: name }),
  )
  type Step = { op: string; name: string; value?: JsonValue; from?: string }

  function model(members: Map<string, JsonValue>, { op, name, value = null, from = '' }: Step): boolean {
    const before = members.get(name)
    if (op === 'replace' && before === undefined) return false
    if (op === 'remove') return members.delete(name)
    if (op === 'incr' && typeof (before ?? 0) !== 'number') return false
    if (op !== 'move') {
      members.set(name, op === 'incr' ? Number(before ?? 0) + Number(value) : value)
      return true
    }
    const moved = members.get(from)
    if (moved === undefined) return false
    members.delete(from)
    members.set(name, moved)
    return true
  }

  test('members of an object', () => {
    fc.assert(
      fc.property(fc.dictionary(name, number), fc.array(operation, { minLength: 1, maxLength: 10 }), (start, steps) => {
        const members = new Map<string, JsonValue>(Object.entries(start))
        const fits = steps.every((step) => model(members, step))
        const run = () =>
          applyPatch(
            { id: 'd', ...start } as ItemBody,
            steps.map(({ name, ...rest }) => ({
              ...rest,
              path: `/${name}`,
              ...('from' in rest && { from: `/${rest.from}` }),
            })) as PatchOperation[],
          )
        if (!fits) expect(run).toThrow(expect.objectContaining({ status: 400 }))
        else expect(run()).toEqual({ id: 'd', ...Object.fromEntries(members) })
      }),
    )
  })

  test('elements of an array', () => {
    const edit = fc.record({ op: fc.constantFrom('add', 'set', 'remove'), at: fc.nat({ max: 4 }), value: number })
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 4 }),
        fc.array(edit, { minLength: 1, maxLength: 10 }),
        (start, edits) => {
          const elements = [...start]
          const fits = edits.every(({ op, at, value }) => {
            if (at > elements.length || (op === 'remove' && at === elements.length)) return false
            if (op === 'remove') elements.splice(at, 1)
            else if (op === 'add') elements.splice(at, 0, value)
            else elements[at] = value
            return true
          })
          const operations = edits.map(({ op, at, value }) => ({ op, path: `/list/${at}`, value })) as PatchOperation[]
          const run = () => applyPatch({ id: 'd', list: start }, operations)
          if (!fits) expect(run).toThrow(expect.objectContaining({ status: 400 }))
          else expect(run()).toEqual({ id: 'd', list: elements })
        },
      ),
    )
  })
})

describe('a patch of a stored document', () => {
  const body = { id: 'd', stream: { id: 's' }, n: 1 }
  const start = () => {
    const partition = new EmulatedPartition('s')
    partition.seed([body])
    return partition
  }
  const set: PatchOperation = { op: 'set', path: '/n', value: 2 }

  test('replaces it under a new ETag and leaves what the server set', () => {
    const partition = start()
    const [before] = partition.documents
    const after = partition.transact((transaction) => patchItem(transaction, 'd', [set]))
    expect(after).toEqual({ ...before, n: 2, _etag: after._etag })
    expect(after._etag).not.toBe(before?._etag)
  })

  test('only where its conditions hold', () => {
    const partition = start()
    const run = (patch: Parameters<typeof patchItem>[2], ifMatch?: string) =>
      partition.transact((transaction) => patchItem(transaction, 'd', patch, ifMatch === undefined ? {} : { ifMatch }))
    expect(() => run({ operations: [set], condition: 'FROM c WHERE c.n > 1' })).toThrow(
      expect.objectContaining({ status: 412 }),
    )
    expect(() => run([set], '"other"')).toThrow(expect.objectContaining({ status: 412 }))
    expect(() => run({ operations: [set], condition: 'nonsense' })).toThrow(expect.objectContaining({ status: 400 }))
    expect(partition.contents()).toEqual([body])
    expect(run({ operations: [set], condition: 'FROM c WHERE c.n = 1' }, partition.documents[0]?._etag).n).toBe(2)
  })

  test('not of one that is not there, nor of its id or partition key', () => {
    const partition = start()
    const run = (id: string, operation: PatchOperation) => () =>
      partition.transact((transaction) => patchItem(transaction, id, [operation]))
    expect(run('none', set)).toThrow(expect.objectContaining({ status: 404 }))
    expect(run('d', { op: 'set', path: '/id', value: 'e' })).toThrow(expect.objectContaining({ status: 400 }))
    expect(run('d', { op: 'set', path: '/stream/id', value: 'e' })).toThrow(expect.objectContaining({ status: 400 }))
  })
})
