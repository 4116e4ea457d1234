import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { Account } from '../../../../src/cosmos-emulator/engine/account.ts'
import type { Container } from '../../../../src/cosmos-emulator/engine/container.ts'
import { viewOf } from '../../../../src/cosmos-emulator/engine/partitions/partition-view.ts'
import { CosmosError, type ItemBody } from '../../../../src/cosmos-emulator/engine/types.ts'

function newContainer(partitions: number, kept = 0): Container {
  const account = new Account({ clock: systemClock, seed: 1, partitions: () => partitions, kept: () => kept })
  account.createDatabase({ id: 'd' }, undefined)
  return account.createContainer('d', { id: 'c', partitionKey: { paths: ['/k'], version: 2 } }, undefined)
}

type Write = { readonly kind: 'create' | 'replace' | 'upsert' | 'remove'; readonly id: string; readonly value: number }
type Step =
  | { readonly kind: 'transaction'; readonly key: string; readonly writes: readonly Write[]; readonly fails: boolean }
  | { readonly kind: 'split' | 'merge'; readonly at: number }

const write: fc.Arbitrary<Write> = fc.record({
  kind: fc.constantFrom('create', 'replace', 'upsert', 'remove'),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.nat(9),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('transaction' as const),
      key: fc.constantFrom('k0', 'k1', 'k2', 'k3', 'k4', 'k5'),
      writes: fc.array(write, { minLength: 1, maxLength: 4 }),
      fails: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), at: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge' as const), at: fc.nat(7) }) },
)

/** The plainest account of what a container holds: values by key and id. */
type Model = Map<string, number>

function applyToModel(model: Model, key: string, { kind, id, value }: Write): Model | undefined {
  const name = `${key}/${id}`
  const exists = model.has(name)
  if (kind === 'create' ? exists : kind !== 'upsert' && !exists) return undefined
  const next = new Map(model)
  if (kind === 'remove') next.delete(name)
  else next.set(name, value)
  return next
}

function run(container: Container, model: Model, { key, writes, fails }: Step & { kind: 'transaction' }): Model {
  let next: Model | undefined = model
  for (const each of writes) next = next && applyToModel(next, key, each)
  const at = container.locate(key)
  const lsn = at.partition.lsn
  const attempt = () =>
    container.transact(at, (transaction) => {
      for (const { kind, id, value } of writes) {
        const body: ItemBody = { id, k: key, value }
        if (kind === 'remove') transaction.remove(id)
        else if (kind === 'replace') transaction.replace(id, body)
        else transaction[kind](body)
      }
      if (fails) throw new CosmosError(400, 'BadRequest', 'rolled back')
    })
  if (next !== undefined && !fails) {
    const { changes } = attempt()
    assert.equal(at.partition.lsn, lsn + (changes.length > 0 ? 1 : 0), 'a transaction is one LSN')
    return next
  }
  assert.throws(attempt, CosmosError)
  assert.equal(at.partition.lsn, lsn)
  return model
}

function reshape(container: Container, { kind, at }: Step & { kind: 'split' | 'merge' }): void {
  const { partitions } = container.topology
  const partition = partitions[at % partitions.length]
  const next = partitions[(at % partitions.length) + 1]
  if (partition === undefined) return
  if (kind === 'split') container.topology.split(partition.id)
  else if (next !== undefined) container.topology.merge(partition.id, next.id)
}

function contents(container: Container): Model {
  const documents = container.topology.partitions.flatMap((partition) => [...partition.documents()])
  return new Map(documents.map(({ item }) => [`${item.k}/${item.id}`, Number(item.value)]))
}

const sorted = (model: Model) => [...model].sort()

test('any sequence of transactions, splits and merges holds what a plain map holds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 60 }), (partitions, steps) => {
      const container = newContainer(partitions)
      let model: Model = new Map()
      for (const each of steps) {
        if (each.kind === 'transaction') model = run(container, model, each)
        else reshape(container, each)
        assert.deepEqual(sorted(contents(container)), sorted(model))
      }
      for (const partition of container.topology.partitions) {
        const log = [...partition.changesAfter(0)]
        assert.deepEqual(new Set(log), new Set(partition.documents()), 'the change log shows each document once')
        assert.ok(log.every(({ lsn }, i) => lsn >= (log[i - 1]?.lsn ?? 0) && lsn <= partition.lsn))
        const numbers = [...partition.documents()].map(({ number }) => number)
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
          'documents stand in the order of their ids',
        )
      }
    }),
    { numRuns: 300 },
  )
})

test('readers of an older state see exactly what was there then', () => {
  const writes = fc.array(step, { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(writes, fc.integer({ min: 1, max: 8 }), (steps, behind) => {
      const container = newContainer(1, 1_000)
      const states: Model[] = [new Map()]
      for (const each of steps.filter(({ kind }) => kind === 'transaction')) {
        const { lsn } = container.topology.partitions[0] ?? assert.fail()
        run(container, states.at(-1) ?? new Map(), each as Step & { kind: 'transaction' })
        const [partition = assert.fail()] = container.topology.partitions
        if (partition.lsn > lsn) states.push(contents(container))
      }
      const [partition = assert.fail()] = container.topology.partitions
      const view = viewOf(partition, behind, 0)
      assert.equal(view.lsn, Math.max(0, partition.lsn - behind))
      const expected = states[view.lsn] ?? assert.fail()
      const entries = [...view.documents()].map(({ item }) => [`${item.k}/${item.id}`, item.value])
      assert.deepEqual(entries.sort(), sorted(expected))
      const log = [...view.changesAfter(0)]
      assert.deepEqual(new Set(log.map(({ number }) => number)), new Set([...view.documents()].map((d) => d.number)))
      assert.ok(log.every(({ lsn }) => lsn <= view.lsn))
      for (const [name, value] of expected) {
        const [key = '', id = ''] = name.split('/')
        assert.equal(view.get(JSON.stringify(key), id)?.item.value, value)
      }
    }),
    { numRuns: 300 },
  )
})

test('a transaction sees its own writes, in the order of creation', () => {
  const container = newContainer(1)
  const at = container.locate('x')
  container.transact(at, (transaction) => {
    for (const id of ['1', '2', '3']) transaction.create({ id, k: 'x' })
    transaction.remove('2')
    transaction.create({ id: '2', k: 'x' })
    transaction.replace('1', { id: '1', k: 'x', changed: true })
    assert.deepEqual(
      [...transaction.items()].map(({ id, changed }) => [id, changed]),
      [
        ['1', true],
        ['3', undefined],
        ['2', undefined],
      ],
    )
    const { _self } = transaction.get('2') ?? assert.fail()
    assert.equal(transaction.getByLink(_self)?.id, '2')
    assert.equal(transaction.getByLink('/dbs/d/colls/c/docs/3/')?.id, '3')
    assert.equal(transaction.getByLink('dbs/d/colls/other/docs/3'), undefined)
  })
  assert.deepEqual(
    [...at.partition.documentsOf(at.key)].map(({ item }) => item.id),
    ['1', '3', '2'],
  )
})
