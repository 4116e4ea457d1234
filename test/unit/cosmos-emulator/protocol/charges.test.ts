import assert from 'node:assert/strict'
import { test } from 'vitest'
import { openInProcess } from '../support/emulators.ts'

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 0.02, `${actual}, ${expected}`)

/** Ten terms in the index: `k` and nine others. */
const tenTerms = (id: string) => ({ id, k: 'x', ...Object.fromEntries([...'abcdefghi'].map((name) => [name, 1])) })

test('charges are those of the published examples', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k' })
  near((await container.items.create(tenTerms('1'))).requestCharge, 4.95 + 0.2 * 10)
  near((await container.item('1', 'x').replace({ ...tenTerms('1'), a: 2, b: 2 })).requestCharge, 2 * 4.95 + 0.2 * 4)
  near((await container.item('1', 'x').read()).requestCharge, 1)
  near((await container.item('1', 'x').delete()).requestCharge, 4.95 + 0.2 * 10)
  const large = await container.items.create({ id: '2', k: 'x', text: 'x'.repeat(128 * 1024 - 32) })
  near(large.requestCharge, 48.19 + 0.2 * 2)
  near((await container.item('2', 'x').read()).requestCharge, 9.95)
})

test('what is not indexed is cheaper', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const indexingPolicy = {
    indexingMode: 'consistent' as const,
    automatic: true,
    includedPaths: [{ path: '/a/?' }],
    excludedPaths: [{ path: '/*' }],
  }
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k', indexingPolicy })
  near((await container.items.create(tenTerms('1'))).requestCharge, 4.95 + 0.2)
  const batch = await container.items.batch([{ operationType: 'Create', resourceBody: tenTerms('2') }], 'x')
  near(Number((batch.headers as Record<string, unknown>)['x-ms-request-charge']), 4.95 + 0.2)
})
