import assert from 'node:assert/strict'
import fc from 'fast-check'
import { onTestFinished, test } from 'vitest'
import type { LeaseDocument } from '../../../../../src/core/port/lease-store.ts'
import type { ViewDocument } from '../../../../../src/core/port/view-store.ts'
import {
  type CosmosRequest,
  cosmosEmulator,
  type Fault,
  type InProcessEmulator,
} from '../../../../../src/cosmos-emulator/index.ts'
import { openParts, type Parts } from '../support/parts.ts'

async function start(partitions = 1) {
  const emulator = cosmosEmulator({ partitions })
  const parts = await openParts(emulator)
  onTestFinished(parts.close)
  return { emulator, parts }
}

const view = (key: string, data: ViewDocument['data']): ViewDocument => ({
  id: `p:1:${key}`,
  projection: 'p',
  version: 1,
  key,
  data,
  incarnation: 'i',
  tidemarks: [],
})

const lease = (owner: string): LeaseDocument => ({
  id: 'p:1:-FF',
  projection: 'p',
  version: 1,
  range: { min: '', max: 'FF' },
  owner,
  expiresAt: 0,
  continuation: null,
  readTo: 0,
  incarnation: 'i',
})

const isWrite = ({ method, path, headers }: CosmosRequest): boolean =>
  /\/docs/.test(path) &&
  (method === 'PUT' ||
    method === 'DELETE' ||
    (method === 'POST' &&
      headers['x-ms-documentdb-isquery'] === undefined &&
      headers['x-ms-cosmos-is-query-plan-request'] === undefined))

/** Lets the next write fail, before or after it was done; `then` happens right after. */
function failNextWrite(emulator: InProcessEmulator, when: 'before' | 'after', fault: Fault): void {
  let left = 1
  emulator.faults = (request, response) =>
    isWrite(request) && (response === undefined) === (when === 'before') && left-- > 0 ? fault : undefined
}

const LOST: readonly Fault[] = [{ cut: true }, { answer: { status: 503 } }, { answer: { status: 408 } }]

test('a save whose answer is lost answers what became of it, whether it was done or not', async () => {
  const { emulator, parts } = await start()
  for (const [i, fault] of LOST.entries()) {
    for (const when of ['before', 'after'] as const) {
      const key = `${when}-${i}`
      failNextWrite(emulator, when, fault)
      const created = await parts.views.save(view(key, { n: 1 }), 'ifAbsent')
      assert.ok(created.saved, `${key}: created`)
      failNextWrite(emulator, when, fault)
      const replaced = await parts.views.save(view(key, { n: 2 }), { ifMatch: created.etag })
      assert.ok(replaced.saved, `${key}: replaced`)
      const found = await parts.views.get({ projection: 'p', version: 1, key })
      assert.deepEqual([found?.document, found?.etag], [view(key, { n: 2 }), replaced.etag])
    }
  }
})

test('a save whose answer is lost, and over which somebody saved, was not', async () => {
  const { emulator, parts } = await start()
  const other = await openParts(emulator)
  onTestFinished(other.close)
  const first = await parts.views.save(view('k', { n: 1 }), 'ifAbsent')
  assert.ok(first.saved)
  let stolen: Promise<unknown> | undefined
  emulator.faults = (request, response) => {
    if (!isWrite(request) || response !== undefined || stolen !== undefined) return undefined
    stolen = other.views.save(view('k', { n: 2 }), { ifMatch: first.etag })
    return { cut: true, delay: 50 }
  }
  assert.deepEqual(await parts.views.save(view('k', { n: 3 }), { ifMatch: first.etag }), { saved: false })
  await stolen
  assert.deepEqual((await parts.views.get({ projection: 'p', version: 1, key: 'k' }))?.document.data, { n: 2 })
})

test('of two workers whose answers are all lost, one has the lease and both know which', async () => {
  const { emulator, parts } = await start()
  const other = await openParts(emulator)
  onTestFinished(other.close)
  const seen = new Set<string>()
  // The first answer to each body is lost after it was done.
  emulator.faults = (request, response) => {
    if (!isWrite(request) || response === undefined || seen.has(request.body)) return undefined
    seen.add(request.body)
    return { cut: true }
  }
  const results = await Promise.all(
    [parts, other].map(({ leases }, i) => leases.save(lease(`worker-${i}`), 'ifAbsent')),
  )
  const owner = (await parts.leases.get('p:1:-FF'))?.document.owner
  assert.deepEqual(
    results.map(({ saved }) => saved),
    [owner === 'worker-0', owner === 'worker-1'],
  )
})

test('a removal whose answer is lost was one', async () => {
  const { emulator, parts } = await start()
  for (const when of ['before', 'after'] as const) {
    const saved = await parts.leases.save(lease('me'), 'ifAbsent')
    assert.ok(saved.saved)
    failNextWrite(emulator, when, { cut: true })
    assert.equal(await parts.leases.remove('p:1:-FF', saved.etag), true, when)
    assert.equal(await parts.leases.get('p:1:-FF'), undefined)
  }
})

test('what is no ETag of the database saves nothing, and is not even sent', async () => {
  const { emulator, parts } = await start()
  await parts.views.save(view('k', { n: 1 }), 'ifAbsent')
  let requests = 0
  emulator.faults = () => {
    requests++
    return undefined
  }
  for (const ifMatch of ['', '*', 'x', '""', '"a\nb"', '"é"']) {
    assert.deepEqual(await parts.views.save(view('k', { n: 2 }), { ifMatch }), { saved: false }, ifMatch)
    assert.equal(await parts.leases.remove('p:1:-FF', ifMatch), false)
  }
  assert.equal(requests, 0)
})

test('who reads a lease reads the views that it stands for, from replicas that are behind too', async () => {
  const { emulator, parts } = await start()
  const ref = { projection: 'p', version: 1, key: 'k' }
  const saved = await parts.views.save(view('k', { n: 1 }), 'ifAbsent')
  assert.ok(saved.saved)
  const others = [await openParts(emulator), await openParts(emulator)]
  for (const { close } of others) onTestFinished(close)
  const [one, two] = others as [Parts, Parts]
  emulator.staleReads = (_, container) => (container === 'views' ? 5 : 0)
  assert.ok((await parts.views.save(view('k', { n: 2 }), { ifMatch: saved.etag })).saved)
  await parts.leases.save(lease('me'), 'ifAbsent')
  assert.notDeepEqual((await one.views.get(ref))?.document.data, { n: 2 }, 'the emulator shows old states')
  assert.deepEqual((await one.leases.get('p:1:-FF'))?.document, lease('me'), 'the session is no part of the lease')
  assert.deepEqual((await one.views.get(ref))?.document.data, { n: 2 }, 'after get')
  assert.deepEqual(
    (await two.leases.list()).map(({ document }) => document),
    [lease('me')],
  )
  assert.deepEqual((await two.views.get(ref))?.document.data, { n: 2 }, 'after list')
})

test('pages give each view once, in order by code point, whatever the texts, partitions and pages are', async () => {
  const unit = fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffee', '😀', '\u{10ffff}')
  const text = fc.string({ unit, maxLength: 3 })
  // Few values, so that there are many ties.
  const few = fc.constantFrom(0, 1, 'a', '\uffee', '😀', false, true, null, undefined)
  const value = fc.oneof(
    { weight: 3, arbitrary: few },
    { weight: 1, arbitrary: fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true })) },
  )
  const bytes = (of: string) => Buffer.from(of)
  const rank = (of: unknown) => ['boolean', 'number', 'string'].indexOf(typeof of)
  const compare = (a: unknown, b: unknown): number => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b)
    if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(bytes(a), bytes(b))
    return rank(a) < 0 ? 0 : Number(a) - Number(b)
  }
  const input = fc.record({
    views: fc.uniqueArray(fc.record({ key: fc.string({ unit, minLength: 1, maxLength: 3 }), value }), {
      selector: ({ key }) => key,
      maxLength: 24,
      size: 'max',
    }),
    limit: fc.integer({ min: 1, max: 7 }),
    direction: fc.constantFrom('ascending' as const, 'descending' as const, undefined),
    partitions: fc.integer({ min: 1, max: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(input, async ({ views, limit, direction, partitions }) => {
      const parts = await openParts(cosmosEmulator({ partitions }))
      for (const one of views) {
        await parts.views.save(view(one.key, one.value === undefined ? {} : { v: one.value }), 'ifAbsent')
      }
      const found: string[] = []
      let after: string | undefined
      do {
        const orderBy = direction && { orderBy: { field: 'v', direction } }
        const page = await parts.views.query({
          projection: 'p',
          version: 1,
          limit,
          ...orderBy,
          ...(after && { after }),
        })
        assert.ok(page.views.length === limit || page.next === undefined)
        found.push(...page.views.map(({ document }) => document.key))
        after = page.next
      } while (after !== undefined)
      const sign = direction === 'descending' ? -1 : 1
      const byKey = (a: { key: string }, b: { key: string }) => Buffer.compare(bytes(a.key), bytes(b.key))
      const sorted = views.toSorted((a, b) => (direction ? sign * compare(a.value, b.value) : 0) || byKey(a, b))
      assert.deepEqual(
        found,
        sorted.map(({ key }) => key),
      )
      await parts.close()
    }),
    { numRuns: 60 },
  )
})

test('views are queried and dropped while their partitions are split and merged', async () => {
  const { emulator, parts } = await start()
  const keys = Array.from({ length: 60 }, (_, i) => `k${String(i).padStart(2, '0')}`)
  for (const key of keys) await parts.views.save(view(key, { n: 1 }), 'ifAbsent')
  const ask = async () => {
    const { views } = await parts.views.query({ projection: 'p', version: 1, limit: 1000 })
    return views.map(({ document }) => document.key)
  }
  assert.deepEqual(await ask(), keys)
  const [low, high] = emulator.split('parts', 'views', '0')
  assert.deepEqual(await ask(), keys, 'after a split')
  emulator.merge('parts', 'views', low, high)
  assert.deepEqual(await ask(), keys, 'after a merge')
  emulator.split('parts', 'views', emulator.partitions('parts', 'views')[0]?.id ?? '')
  await parts.views.drop('p', 1)
  assert.deepEqual(await ask(), [])
})

test("the storage's own document is no lease", async () => {
  const { parts } = await start()
  assert.deepEqual(await parts.leases.list(), [])
  // Workers tell of themselves in leases whose ids begin with the same character.
  for (const id of ['p:1:-FF', '$workers:1:me']) await parts.leases.save({ ...lease('me'), id }, 'ifAbsent')
  const ids = (await parts.leases.list()).map(({ document }) => document.id)
  assert.deepEqual(ids.toSorted(), ['$workers:1:me', 'p:1:-FF'])
})
