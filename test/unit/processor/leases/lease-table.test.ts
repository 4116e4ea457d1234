import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WORKERS } from '../../../../src/core/leases/lease-owner.ts'
import { type LeaseDocument, leaseId } from '../../../../src/core/port/lease-store.ts'
import { createLeaseTable } from '../../../../src/processor/leases/lease-table.ts'

const RANGES = [
  { min: '00000000', max: '80000000' },
  { min: '80000000', max: 'ffffffff' },
  { min: '00000000', max: '40000000' },
  { min: '40000000', max: '80000000' },
]
const [LEFT, RIGHT, LOW, HIGH] = RANGES as [Range, Range, Range, Range]
type Range = (typeof RANGES)[number]
const BEFORE = [LEFT, RIGHT]
const AFTER = [LOW, HIGH, RIGHT]

const PROJECTIONS = [
  { name: 'a', version: 1, startsAnywhere: true },
  { name: 'b', version: 2, startsAnywhere: false },
]

const base = { continuation: null, incarnation: 'i', duration: 1_000 }

const leases = fc.record({
  projection: fc.constantFrom(...PROJECTIONS),
  range: fc.constantFrom(...RANGES),
  owner: fc.constantFrom(null, 'w1', 'w2'),
  life: fc.constantFrom('x', 'y'),
  readTo: fc.nat(9),
})

const change = fc.oneof(
  leases.map(({ projection: { name, version }, range, owner, life, readTo }): LeaseDocument => {
    const id = leaseId(name, version, range)
    return { ...base, id, projection: name, version, range, owner, life, readTo, expiresAt: 5_000 }
  }),
  fc
    .record({ owner: fc.constantFrom('w1', 'w2'), life: fc.constantFrom('x', 'y'), expiresAt: fc.nat(9_000) })
    .map(({ owner, life, expiresAt }): LeaseDocument => {
      const [id, range] = [`${WORKERS}:1:${owner}`, { min: '00000000', max: 'ffffffff' }]
      const projections = life === 'x' ? ['a:1'] : ['a:1', 'b:2']
      return { ...base, id, projection: WORKERS, version: 1, range, owner, life, projections, expiresAt, readTo: 0 }
    }),
)

const step = fc.oneof(
  fc.record({ changed: fc.array(change, { maxLength: 4 }) }),
  fc.record({ removed: fc.nat(5) }),
  fc.record({ isCut: fc.boolean() }),
)

describe('the table of leases', () => {
  it('knows after any changes what one knows that is given all at once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const stored = new Map<string, { document: LeaseDocument; etag: string }>()
        const table = createLeaseTable(PROJECTIONS, 'i')
        let ranges = BEFORE
        let etag = 0
        let owners = ''
        for (const one of steps) {
          const before = table.revision
          if ('isCut' in one) ranges = one.isCut ? AFTER : BEFORE
          if ('removed' in one) stored.delete([...stored.keys()][one.removed] ?? '')
          const changed = 'changed' in one ? one.changed.map((document) => ({ document, etag: String(++etag) })) : []
          for (const each of changed) stored.set(each.document.id, each)
          const all = 'removed' in one
          table.update({ documents: all ? [...stored.values()] : changed, all }, ranges, 100)
          const fresh = createLeaseTable(PROJECTIONS, 'i')
          fresh.update({ documents: [...stored.values()], all: true }, ranges, 100)
          expect(toldBy(table)).toEqual(toldBy(fresh))
          // Those who rely on the revision would otherwise miss a lease that they should take.
          const seen = JSON.stringify(ownersIn(fresh))
          if (seen !== owners) expect(table.revision).not.toBe(before)
          owners = seen
        }
      }),
      { numRuns: 500 },
    )
  })

  it('has the same revision while workers are renewed and places move', () => {
    const lease = (readTo: number): LeaseDocument => {
      const id = leaseId('a', 1, LEFT)
      return { ...base, id, projection: 'a', version: 1, range: LEFT, owner: 'w1', life: 'x', readTo, expiresAt: 5_000 }
    }
    const table = createLeaseTable([{ name: 'a', version: 1, startsAnywhere: true }], 'i')
    table.update({ documents: [{ document: lease(1), etag: '1' }], all: true }, [LEFT], 100)
    const { revision } = table
    table.update({ documents: [{ document: lease(2), etag: '2' }], all: false }, [LEFT], 200)
    expect(table.revision).toBe(revision)
    expect(table.entries[0]?.document.readTo).toBe(2)
  })
})

type Table = ReturnType<typeof createLeaseTable>

const sorted = <T>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const toldBy = (table: Table) => ({
  entries: table.entries.map((entry) => ({
    ...entry,
    unownedSince: table.unownedSince(entry, 4_000),
    expiry: table.expiryOf(entry),
  })),
  unplaced: table.unplaced,
  leases: ['a', 'b', 'other'].map((name) => sorted(table.leasesOf(name, name === 'b' ? 2 : 1))),
  workers: sorted(table.workers(4_000)),
  gone: sorted(table.goneSince(4_000)),
  life: table.workerDocument('w1')?.life,
})

const ownersIn = (table: Table) => [
  table.entries.map(({ id, document: { owner, life } }) => [id, owner, life]),
  ['w1', 'w2'].map((id) => table.workerDocument(id)?.life),
  sorted(table.workers(-1)),
]
