import { describe, expect, it } from 'vitest'
import { simulate } from '../../../src/testing/simulate/simulate.ts'
import { FAULT_KINDS } from '../../../src/testing/simulate/world/faults.ts'
import { PARTS } from '../../../src/testing/simulate/world/parts.ts'

// What must be seen to happen of each part, or else a simulation says nothing about it.
const HAPPENINGS = [
  ...['names.cameBack', 'names.doubled', 'names.replaced', 'clocks.leapt', 'merged.runs'],
  ...['versions.deployed', 'versions.rebuild', 'versions.rebuildRefused', 'versions.drop', 'versions.dropRefused'],
  ...['versions.activate', 'versions.switchedByThemselves'],
  ...['reactions.done', 'reactions.repeated', 'reactions.stayedParked', 'reactions.batches', 'reactions.away'],
  ...['reactions.killed', 'reactions.parkedAsKiller'],
  ...['aggregates.done', 'aggregates.duplicate', 'aggregates.uncertain', 'aggregates.refused', 'aggregates.closed'],
  ...['aggregates.clientCrashed', 'aggregates.looked', 'pauses.pause', 'pauses.resume', 'pauses.looked'],
  ...['people.written', 'people.duplicate', 'people.forgotten', 'people.refused', 'people.admitted', 'people.returned'],
  ...['chain.auditedClean', 'chain.auditedWithGaps', 'chain.leaseMoved', 'chain.saltErased', 'chain.manyBlocks'],
  ...['chain.eventChanged', 'chain.eventMissing'],
  ...[
    'timers.schedule',
    'timers.cancel',
    'timers.fired',
    'timers.cancelled',
    'timers.uncertain',
    'timers.handlerCrashed',
  ],
  ...['people.looked', 'people.sawStandIn', 'people.taken', 'people.claimedFree', 'people.pausedInFold'],
]

// Together they show all of it. Where a change makes them miss something, others are tried, too.
const RICH_SEEDS = [61, 19, 54, 0, 2, 18, 12]

describe('a simulation', { timeout: 300_000 }, () => {
  it('is the same for the same seed, and another for another', async () => {
    const hashes = new Set<string>()
    for (const seed of [1, 2, 3, 4]) {
      const { trace: _, ...first } = await simulate({ seed })
      const { trace, ...second } = await simulate({ seed, trace: 50 })
      expect(second).toEqual(first)
      expect(trace.length).toBeGreaterThan(0)
      hashes.add(first.hash)
    }
    expect(hashes.size).toBe(4)
  })

  it('lets everything that can go wrong go wrong, and every part happen in full', async () => {
    const counts: Record<string, number> = {}
    const isAll = () => [...FAULT_KINDS, ...HAPPENINGS].every((name) => name in counts) && countRuns() === PARTS.length
    const countRuns = () => Object.keys(counts).filter((name) => name.endsWith('.runs')).length
    for (const seed of [...RICH_SEEDS, ...Array.from({ length: 80 }, (_, i) => i)]) {
      if (isAll()) break
      const { faults, parts } = await simulate({ seed, events: 60 })
      for (const [name, count] of [...Object.entries(faults), ...Object.entries(parts)]) {
        counts[name] = (counts[name] ?? 0) + count
      }
    }
    expect(Object.keys(counts)).toEqual(expect.arrayContaining([...FAULT_KINDS, ...HAPPENINGS]))
    expect(countRuns()).toBe(PARTS.length)
  })

  it('lets nothing happen that was excluded', async () => {
    const { faults } = await simulate({ seed: 1, faults: ['late'], parts: [] })
    expect(Object.keys(faults)).toEqual(['late'])
    const { parts, faults: none } = await simulate({ seed: 1, faults: [], parts: ['merged'] })
    expect(Object.keys(parts)).toEqual(['merged.runs'])
    expect(none).toEqual({})
    expect((await simulate({ seed: 2, parts: [] })).parts).toEqual({})
  })
})
