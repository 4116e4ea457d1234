import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BalanceLease, type BalanceWorker, leasesToTake } from '../../../../src/processor/leases/load-balancing.ts'
import { type ClusterEvent, createCluster } from './cluster.ts'

const DURATION = 10_000
const NOW = 1_000_000

const worker = (id: string, projections: readonly string[] = ['p:1']): BalanceWorker => ({ id, projections })

const lease = (range: string, owner: string | null, more: Partial<BalanceLease> = {}): BalanceLease => ({
  id: `${more.projection ?? 'p:1'}:${range}`,
  range,
  projection: 'p:1',
  owner,
  freeSince: owner === null ? NOW - 100 : undefined,
  ...more,
})

const toTake = (me: string, leases: readonly BalanceLease[], workers: readonly BalanceWorker[]) =>
  leasesToTake({ me, leases, workers, now: NOW, patience: 1_000 })

describe('which leases to take', () => {
  it('are all of them for a worker alone', () => {
    expect(toTake('a', [lease('1', null), lease('2', null)], [worker('a')])).toEqual(['p:1:1', 'p:1:2'])
  })

  it('are none of those that a living worker holds, as long as shares are even', () => {
    const leases = [lease('1', 'a'), lease('2', 'a'), lease('3', 'b')]
    expect(toTake('b', leases, [worker('a'), worker('b')])).toEqual([])
    expect(toTake('a', leases, [worker('a'), worker('b')])).toEqual([])
  })

  it('are half of what another one holds, for a worker that comes', () => {
    const leases = ['1', '2', '3', '4'].map((range) => lease(range, 'a'))
    expect(toTake('b', leases, [worker('a'), worker('b')])).toHaveLength(2)
    expect(toTake('a', leases, [worker('a'), worker('b')])).toEqual([])
  })

  it('are shared out without a quarrel, from the same leases', () => {
    const leases = ['1', '2', '3', '4', '5'].map((range) => lease(range, null))
    const workers = [worker('a'), worker('b'), worker('c')]
    const taken = workers.flatMap(({ id }) => toTake(id, leases, workers))
    expect(taken.toSorted()).toEqual(leases.map(({ id }) => id))
  })

  it('lie side by side, from nothing and when many come at once, so that parts of views have one writer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (few, many, isHeld) => {
          const ranges = Array.from({ length: few * many }, (_, i) => String(i).padStart(3, '0'))
          const workers = Array.from({ length: many }, (_, i) => worker(String.fromCharCode(97 + i)))
          const leases = ranges.map((range) => lease(range, isHeld ? 'a' : null))
          for (const { id } of workers) {
            if (isHeld && id === 'a') continue
            const taken = toTake(id, leases, workers).map((one) => Number(one.split(':')[2]))
            expect(taken).toHaveLength(few)
            expect((taken.at(-1) ?? 0) - (taken[0] ?? 0)).toBe(few - 1)
          }
        },
      ),
    )
  })

  it('are whole ranges, whatever the number of projections, for the feed is then read once', () => {
    const both = ['p:1', 'q:1']
    const leases = ['1', '2'].flatMap((range) => both.map((projection) => lease(range, null, { projection })))
    const workers = [worker('a', both), worker('b', both)]
    for (const { id } of workers) {
      const ranges = toTake(id, leases, workers).map((taken) => taken.split(':')[2])
      expect(ranges).toHaveLength(2)
      expect(new Set(ranges).size).toBe(1)
    }
  })

  it('are those of projection versions that the worker has', () => {
    const leases = [lease('1', null), lease('1', null, { projection: 'p:2' }), lease('2', null, { projection: 'p:2' })]
    const workers = [worker('old'), worker('new', ['p:2'])]
    expect(toTake('old', leases, workers)).toEqual(['p:1:1'])
    expect(toTake('new', leases, workers)).toEqual(['p:2:1', 'p:2:2'])
  })

  it('are those of owners that lapsed', () => {
    const lapsed = lease('1', 'dead', { freeSince: NOW })
    const alive = lease('2', 'starting')
    expect(toTake('a', [lapsed, alive], [worker('a')])).toEqual(['p:1:1'])
  })

  it('are the same whatever the order of leases and workers', () => {
    const leases = Array.from({ length: 40 }, (_, i) => lease(String(i), i % 3 === 0 ? null : `w${i % 4}`))
    const workers = ['w0', 'w1', 'w2', 'w3', 'w4'].map((id) => worker(id))
    for (const { id } of workers) {
      expect(toTake(id, leases.toReversed(), workers.toReversed())).toEqual(toTake(id, leases, workers))
    }
  })

  it('are also those of others that do not come for them', () => {
    const leases = [lease('1', 'a'), lease('2', null, { freeSince: NOW - 1_000 })]
    expect(toTake('a', leases, [worker('a'), worker('dead')])).toEqual(['p:1:2'])
  })
})

const events: fc.Arbitrary<ClusterEvent> = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), skew: fc.integer({ min: -500, max: 500 }) }),
  fc.record({ kind: fc.constant('kill' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('pause' as const), which: fc.nat(), time: fc.integer({ min: 1, max: 2 * DURATION }) }),
  fc.record({ kind: fc.constant('wait' as const), time: fc.integer({ min: 1, max: 2 * DURATION }) }),
)

describe('any number of workers on any number of ranges', () => {
  it('come to even shares, leave no range alone for long, and then leave each other alone', () => {
    const POLL = 1_000
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(events, { maxLength: 14 }),
        fc.integer(),
        (ranges, projections, what, seed) => {
          const cluster = createCluster({ ranges, projections, duration: DURATION, poll: POLL, seed })
          cluster.do({ kind: 'join', skew: 0 })
          for (const event of what) cluster.do(event)
          // Whatever was, at least one is there from now on.
          cluster.do({ kind: 'join', skew: 0 })
          cluster.do({ kind: 'wait', time: 4 * DURATION })
          const settled = cluster.owners()
          expect(settled.flatMap(({ leases }) => leases)).toHaveLength(ranges * projections)
          const shares = settled.map(({ leases }) => leases.length)
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(projections)
          const changes = cluster.changes
          cluster.do({ kind: 'wait', time: 4 * DURATION })
          expect(cluster.changes).toBe(changes)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('take over from each killed worker within a lease duration and a poll', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3 * DURATION })), { maxLength: 6 }),
        fc.constantFrom(0, 500),
        fc.integer(),
        (ranges, workers, kills, skew, seed) => {
          const cluster = createCluster({ ranges, projections: 2, duration: DURATION, poll: 1_000, seed })
          for (let i = 0; i < workers; i++) cluster.do({ kind: 'join', skew: i % 2 ? skew : -skew })
          cluster.do({ kind: 'wait', time: 2 * DURATION })
          for (const [which, time] of kills) {
            cluster.do({ kind: 'kill', which })
            // Another one in its place, as whoever runs workers sees to.
            cluster.do({ kind: 'join', skew: 0 })
            cluster.do({ kind: 'wait', time })
          }
          cluster.do({ kind: 'wait', time: 2 * DURATION })
          // A poll until a killed one's lease is seen to be free, one for whom the plan named and who was killed, too.
          expect(cluster.longestGap).toBeLessThanOrEqual(DURATION + 2 * 1_000 + 2 * skew)
        },
      ),
      { numRuns: 200 },
    )
  })
})
