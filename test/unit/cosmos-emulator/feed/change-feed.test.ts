import assert from 'node:assert/strict'
import {
  type ChangeFeedIteratorOptions,
  type ChangeFeedPullModelIterator,
  ChangeFeedStartFrom,
  type Container,
  StatusCodes,
} from '@azure/cosmos'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { manualClock } from '../../../../src/testing/index.ts'
import { openInProcess, ordersOf, TRANSPORTS } from '../support/emulators.ts'

type Change = { readonly id: string; readonly customer: string; readonly n: number; readonly _lsn: number }

function iterator(container: Container, options: ChangeFeedIteratorOptions = {}): ChangeFeedPullModelIterator<Change> {
  const changeFeedStartFrom = ChangeFeedStartFrom.Beginning()
  return container.items.getChangeFeedIterator<Change>({ changeFeedStartFrom, ...options })
}

/** Pages until there is nothing new. */
async function drain(pages: ChangeFeedPullModelIterator<Change>): Promise<Change[][]> {
  const all: Change[][] = []
  for (;;) {
    const { statusCode, result } = await pages.readNext()
    if (statusCode === StatusCodes.NotModified) return all
    all.push(result)
  }
}

describe.each(TRANSPORTS)('the change feed, %s', (_, open) => {
  test('shows the latest version of each document, where it was written', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    for (const id of ['1', '2', '3']) await orders.items.create({ id, customer: 'ann', n: 0 })
    await orders.items.upsert({ id: '1', customer: 'ann', n: 1 })
    await orders.item('2', 'ann').delete()
    const [page = []] = await drain(iterator(orders))
    assert.deepEqual(
      page.map(({ id, n, _lsn }) => [id, n, _lsn]),
      [
        ['3', 0, 3],
        ['1', 1, 4],
      ],
    )
  })

  test('never cuts a transaction, and goes on from a continuation', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const create = (id: string) => ({ operationType: 'Create' as const, resourceBody: { id, customer: 'ann' } })
    await orders.items.batch([create('1'), create('2'), create('3')], 'ann')
    await orders.items.create({ id: '4', customer: 'ann' })
    const first = await iterator(orders, { maxItemCount: 1 }).readNext()
    assert.deepEqual(
      first.result.map(({ id }) => id),
      ['1', '2', '3'],
    )
    const changeFeedStartFrom = ChangeFeedStartFrom.Continuation(first.continuationToken)
    assert.deepEqual(
      (await drain(iterator(orders, { changeFeedStartFrom }))).flat().map(({ id }) => id),
      ['4'],
    )
  })

  test('is read by partition key, by range and by part of a range', async () => {
    await using opened = await open({ partitions: 2 })
    const orders = await ordersOf(opened.client)
    for (let n = 0; n < 20; n++) await orders.items.create({ id: `${n}`, customer: `c${n % 4}`, n })
    const ofKey = ChangeFeedStartFrom.Beginning('c1')
    assert.deepEqual(
      (await drain(iterator(orders, { changeFeedStartFrom: ofKey }))).flat().map(({ n }) => n),
      [1, 5, 9, 13, 17],
    )
    const ranges = await orders.getFeedRanges()
    const byRange = async () => {
      const starts = ranges.map((range) => ChangeFeedStartFrom.Beginning(range))
      const pages = await Promise.all(starts.map((start) => drain(iterator(orders, { changeFeedStartFrom: start }))))
      return pages.map((found) => found.flat().map(({ n }) => n))
    }
    const before = await byRange()
    assert.deepEqual(
      before.flat().sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, n) => n),
    )
    opened.emulator.merge('shop', 'orders', '0', '1')
    assert.deepEqual(
      (await byRange()).map((found) => new Set(found)),
      before.map((found) => new Set(found)),
    )
  })

  test('starts from now, or from a time that a continuation outlives', async () => {
    const clock = manualClock()
    await using opened = await open({ clock })
    const orders = await ordersOf(opened.client)
    await orders.items.create({ id: '1', customer: 'ann' })
    const now = iterator(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Now() })
    assert.deepEqual(await drain(now), [])
    clock.advance(10_000)
    const time = new Date(clock.now() - 5_000)
    await orders.items.create({ id: '2', customer: 'ann' })
    const ids = async (pages: ChangeFeedPullModelIterator<Change>) => (await drain(pages)).flat().map(({ id }) => id)
    assert.deepEqual(await ids(now), ['2'])
    assert.deepEqual(await ids(iterator(orders, { changeFeedStartFrom: ChangeFeedStartFrom.Time(time) })), ['2'])
  })

  test('of all versions is refused', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const changeFeedMode = 'Full-Fidelity Feed' as never
    const pages = orders.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Now(), changeFeedMode })
    await assert.rejects(pages.readNext(), { code: 400 })
  })
})

type Step = { readonly kind: 'write' | 'read' | 'split' | 'merge'; readonly at: number }

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('write', 'write', 'write', 'write', 'read', 'read', 'split', 'merge'),
  at: fc.nat(50),
})

test('splits and merges while it is read: every document comes once, each partition key in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, count) => {
        await using opened = await openInProcess({ partitions: count })
        const orders = await ordersOf(opened.client)
        const pages = iterator(orders, { maxItemCount: 3 })
        const seen: Change[] = []
        let written = 0
        for (const { kind, at } of steps) {
          const partitions = opened.emulator.partitions('shop', 'orders')
          const partition = partitions[at % partitions.length] ?? assert.fail()
          const neighbour = partitions[(at % partitions.length) + 1]
          if (kind === 'write') {
            const n = written++
            await orders.items.create({ id: `${n}`, customer: `c${at % 7}`, n })
          } else if (kind === 'read') seen.push(...(await pages.readNext()).result)
          else if (kind === 'split') opened.emulator.split('shop', 'orders', partition.id)
          else if (neighbour) opened.emulator.merge('shop', 'orders', partition.id, neighbour.id)
        }
        // After a split, the SDK says of all ranges that nothing is new before it has asked the last of them.
        for (const _ of opened.emulator.partitions('shop', 'orders')) seen.push(...(await drain(pages)).flat())
        assert.deepEqual(
          seen.map(({ n }) => n).sort((a, b) => a - b),
          Array.from({ length: written }, (_, n) => n),
        )
        for (const [customer, changes = []] of Map.groupBy(seen, ({ customer }) => customer)) {
          const order = changes.map(({ n }) => n)
          assert.deepEqual(
            order,
            order.toSorted((a, b) => a - b),
            customer,
          )
        }
      },
    ),
    { numRuns: 60 },
  )
})
