import { describe, expect, it } from 'vitest'
import { WORKERS } from '../../../../src/core/leases/lease-owner.ts'
import { type LeaseDocument, leaseId } from '../../../../src/core/port/lease-store.ts'
import { createLeaseTable } from '../../../../src/processor/leases/lease-table.ts'
import { createLeaseTaking } from '../../../../src/processor/leases/take-leases.ts'
import { createWorkerRegistry } from '../../../../src/processor/leases/worker-registry.ts'
import type { RangeContext } from '../../../../src/processor/ranges/range-context.ts'
import type { RangeWorker } from '../../../../src/processor/ranges/range-worker.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { overall, silent } from '../support.ts'

const range = { min: '', max: 'FF' }
const id = leaseId(overall.name, overall.version, range)

/** Worker `me`, which looks at one lease that `owner` took, in the life `x` if it is another worker. */
async function looking(owner: string, lives: Readonly<Record<string, string>>, expiresAt: number) {
  const clock = manualClock(1_000)
  const port = openMemory({ clock })
  const { leases, incarnation } = port
  const base = { version: 1, range, duration: 10_000, incarnation, continuation: null, readTo: 0 }
  const registry = createWorkerRegistry({
    leases,
    clock,
    workerId: 'me',
    duration: 60_000,
    projections: () => [`${overall.name}:1`],
    incarnation,
    details: silent,
    registered: async () => {},
  })
  await registry.renew()
  const documents: LeaseDocument[] = [
    { ...base, id, projection: overall.name, owner, life: owner === 'me' ? registry.life : 'x', expiresAt },
    ...Object.entries(lives).map(([worker, life]) => {
      const projections = [`${overall.name}:1`]
      return {
        ...base,
        id: `${WORKERS}:1:${worker}`,
        projection: WORKERS,
        owner: worker,
        life,
        projections,
        expiresAt: 8_000,
      }
    }),
  ]
  for (const document of documents) await leases.save(document, 'ifAbsent')
  const table = createLeaseTable([{ name: overall.name, version: 1, startsAnywhere: true }], incarnation)
  table.update({ documents: await leases.list(), all: true }, [range], clock.now())
  const rangeWorkers = new Map<string, RangeWorker>()
  const { signal } = new AbortController()
  const context = { storage: port, clock, random: Math.random, signal, workerId: 'me' } as unknown as RangeContext
  const takeDue = createLeaseTaking(
    // What it takes is seen in the store: no work begins without a whole context.
    {
      context,
      projections: [overall],
      registry,
      table,
      replaced: { check() {}, has: () => false },
      pollInterval: 100,
      rangeWorkers,
      ended() {},
      failed() {},
    },
    new Set(),
  )
  const before = await leases.get(id)
  const look = async (at: number) => {
    clock.advance(at - clock.now())
    await takeDue(at)
    const now = await leases.get(id)
    return now?.document.owner === 'me' && now.etag !== before?.etag
  }
  return { look, rangeWorkers }
}

describe('a worker at whose last look there was nothing to do takes', () => {
  it('the lease of a worker that was not heard of any more', async () => {
    const { look } = await looking('other', { other: 'x' }, 8_000)
    expect(await look(2_000)).toBe(false)
    expect(await look(3_000)).toBe(false)
    expect(await look(8_200)).toBe(true)
  })

  it('a lease that lapses by itself, as its owner lives on in another life', async () => {
    const { look } = await looking('other', { other: 'y' }, 5_000)
    expect(await look(2_000)).toBe(false)
    expect(await look(5_200)).toBe(true)
  })

  it('a lease of its own on which work ended', async () => {
    const { look, rangeWorkers } = await looking('me', {}, 60_000)
    rangeWorkers.set(id, {} as RangeWorker)
    expect(await look(2_000)).toBe(false)
    rangeWorkers.delete(id)
    expect(await look(3_000)).toBe(true)
  })
})
