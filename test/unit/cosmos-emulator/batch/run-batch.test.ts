import { describe, expect, test } from 'vitest'
import { type BatchAnswer, type BatchOperation, runBatch } from '../../../../src/cosmos-emulator/batch/run-batch.ts'
import type { ItemBody } from '../../../../src/cosmos-emulator/engine/types.ts'
import { EmulatedPartition } from '../../../support/emulated-partition.ts'

const doc = (id: string, n = 1): ItemBody => ({ id, stream: { id: 's', version: 1 }, n })

function partitionOf(...ids: string[]): EmulatedPartition {
  const partition = new EmulatedPartition('s')
  partition.seed(ids.map((id) => doc(id)))
  return partition
}

/** Runs a batch as the server does: what failed is rolled back. */
function run(partition: EmulatedPartition, ...operations: BatchOperation[]): BatchAnswer {
  let answer: BatchAnswer | undefined
  try {
    partition.transact((transaction) => {
      answer = runBatch(operations, transaction, (type) => (type === 'Read' ? 1 : 5))
      if (answer.status === 207) throw new Error('roll back')
    })
  } catch (error) {
    if (answer === undefined) throw error
  }
  return answer as BatchAnswer
}

const statuses = ({ results }: BatchAnswer) => results.map(({ statusCode }) => statusCode)
const etagOf = (partition: EmulatedPartition, id: string): string =>
  partition.documents.find((document) => document.id === id)?._etag ?? ''

describe('a batch', () => {
  test('answers each operation with its status, ETag and document', () => {
    const partition = partitionOf('a', 'b', 'c')
    const answer = run(
      partition,
      { operationType: 'Create', resourceBody: doc('new') },
      { operationType: 'Upsert', resourceBody: doc('newer') },
      { operationType: 'Upsert', resourceBody: doc('a', 2) },
      { operationType: 'Replace', id: 'b', resourceBody: doc('b', 3) },
      { operationType: 'Patch', id: 'b', resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] } },
      { operationType: 'Read', id: 'b' },
      { operationType: 'Delete', id: 'c' },
    )
    expect(answer.status).toBe(200)
    expect(statuses(answer)).toEqual([201, 201, 200, 200, 200, 200, 204])
    expect(answer.results[5]).toEqual({
      statusCode: 200,
      requestCharge: 1,
      eTag: etagOf(partition, 'b'),
      resourceBody: expect.objectContaining({ id: 'b', n: 4, _etag: etagOf(partition, 'b') }),
    })
    expect(answer.results[6]).toEqual({ statusCode: 204, requestCharge: 5 })
    expect(partition.documents.map(({ id, n }) => [id, n])).toEqual([
      ['a', 2],
      ['b', 4],
      ['new', 1],
      ['newer', 1],
    ])
  })

  test.each<[string, number, BatchOperation]>([
    ['an id that is taken', 409, { operationType: 'Create', resourceBody: doc('a') }],
    ['no such document to read', 404, { operationType: 'Read', id: 'none' }],
    ['no such document to delete', 404, { operationType: 'Delete', id: 'none' }],
    ['no such document to replace', 404, { operationType: 'Replace', id: 'none', resourceBody: doc('none') }],
    ['another ETag', 412, { operationType: 'Replace', id: 'a', resourceBody: doc('a'), ifMatch: '"x"' }],
    ['another ETag of a deletion', 412, { operationType: 'Delete', id: 'a', ifMatch: '"x"' }],
    ['another partition', 400, { operationType: 'Create', resourceBody: { id: 'x', stream: { id: 'other' } } }],
    [
      'a patch that does not fit',
      400,
      { operationType: 'Patch', id: 'a', resourceBody: [{ op: 'remove', path: '/no' }] },
    ],
  ])('fails as a whole with %s', (_, status, failing) => {
    const partition = partitionOf('a', 'b')
    const before = partition.documents
    const answer = run(partition, { operationType: 'Create', resourceBody: doc('new') }, failing, {
      operationType: 'Delete',
      id: 'b',
    })
    expect(answer.status).toBe(207)
    expect(statuses(answer)).toEqual([424, status, 424])
    expect(partition.documents).toEqual(before)
  })

  test('sees what its earlier operations did', () => {
    const partition = partitionOf('a')
    expect(
      statuses(
        run(
          partition,
          { operationType: 'Delete', id: 'a' },
          { operationType: 'Create', resourceBody: doc('a', 2) },
          { operationType: 'Read', id: 'a' },
        ),
      ),
    ).toEqual([204, 201, 200])
    expect(partition.contents()).toEqual([doc('a', 2)])
  })

  test('reads only what changed when given an ETag', () => {
    const partition = partitionOf('a')
    const read = (ifNoneMatch: string) => run(partition, { operationType: 'Read', id: 'a', ifNoneMatch })
    expect(read(etagOf(partition, 'a')).results).toEqual([
      { statusCode: 304, requestCharge: 1, eTag: etagOf(partition, 'a') },
    ])
    expect(statuses(read('"other"'))).toEqual([200])
  })

  test('takes 1 to 100 operations and 2 MB', () => {
    const create = (count: number): BatchOperation[] =>
      Array.from({ length: count }, (_, i) => ({ operationType: 'Create', resourceBody: doc(`n${i}`) }))
    const refused = (...operations: BatchOperation[]) => {
      const partition = partitionOf()
      try {
        run(partition, ...operations)
      } catch (error) {
        expect(partition.documents).toEqual([])
        return (error as { status: number }).status
      }
      return undefined
    }
    expect(refused(...create(100))).toBeUndefined()
    expect(refused(...create(101))).toBe(400)
    expect(refused()).toBe(400)
    const half = { ...doc('half'), text: 'x'.repeat(2 ** 20) }
    expect(refused({ operationType: 'Create', resourceBody: half })).toBeUndefined()
    expect(
      refused({ operationType: 'Create', resourceBody: half }, { operationType: 'Upsert', resourceBody: half }),
    ).toBe(413)
  })

  test('is refused when an operation is of no known type', () => {
    expect(statuses(run(partitionOf(), { operationType: 'Merge', id: 'a' } as never))).toEqual([400])
  })
})
