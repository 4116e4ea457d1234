import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignLsns,
  type PendingEvent,
  predecessorsOf,
} from '../../../../../src/adapters/mongo/sequence/assign-lsns.ts'

type Append = { readonly stream: number; readonly size: number; readonly pause: number }

const append = fc.record<Append>({ stream: fc.nat(3), size: fc.integer({ min: 1, max: 4 }), pause: fc.nat(2) })

/** The events of appends that come one after the other, in the order in which a slot gives them LSNs. */
function pendingOf(appends: readonly Append[]): PendingEvent[] {
  const versions = new Map<number, number>()
  let now = 0
  const events = appends.flatMap(({ stream, size, pause }, i) => {
    now += pause
    return Array.from({ length: size }, () => {
      const version = (versions.get(stream) ?? 0) + 1
      versions.set(stream, version)
      const recordedAt = new Date(now).toISOString()
      return { stream: { id: `a:${stream}`, version }, append: { id: `${i}` }, metadata: { recordedAt } }
    })
  })
  return events.toSorted((a, b) => {
    const [x, y] = [a, b].map(({ metadata, stream }) => [metadata.recordedAt, stream.id, stream.version] as const)
    for (const i of [0, 1, 2] as const) if (x?.[i] !== y?.[i]) return (x?.[i] ?? '') < (y?.[i] ?? '') ? -1 : 1
    return 0
  })
}

describe('assignLsns', () => {
  it('gives one LSN an append, without gaps, and keeps the versions of each stream', () => {
    fc.assert(
      fc.property(fc.array(append, { minLength: 1, maxLength: 30 }), fc.nat(1000), (appends, counter) => {
        const plan = assignLsns({ _id: 0, counter }, pendingOf(appends), false)
        expect(plan.map(({ lsn }) => lsn)).toEqual(appends.map((_, i) => counter + 1 + i))
        const heads = new Map<string, number>()
        let latest = ''
        for (const one of plan) {
          expect(one.first).toBe((heads.get(one.stream) ?? 0) + 1)
          heads.set(one.stream, one.last)
          expect(one.latest >= latest).toBe(true)
          latest = one.latest
        }
        const sizes = plan.map(({ first, last }) => last - first + 1).toSorted()
        expect(sizes).toEqual(appends.map(({ size }) => size).toSorted())
      }),
    )
  })

  it('leaves an append that may be cut for the next time', () => {
    fc.assert(
      fc.property(fc.array(append, { minLength: 2, maxLength: 30 }), fc.nat(), (appends, at) => {
        const all = pendingOf(appends)
        const whole = assignLsns({ _id: 0, counter: 0 }, all, false)
        const first = whole[0] as (typeof whole)[number]
        const least = first.last - first.first + 2
        const cut = all.slice(0, Math.min(all.length, least + (at % all.length)))
        const plan = assignLsns({ _id: 0, counter: 0 }, cut, true)
        expect(plan.length).toBeGreaterThan(0)
        expect(plan).toEqual(whole.slice(0, plan.length))
      }),
    )
  })

  it('never lets the latest time go back behind what the slot had', () => {
    const pending = pendingOf([{ stream: 0, size: 1, pause: 0 }])
    const [planned] = assignLsns({ _id: 0, counter: 7, latest: '2026-01-01T00:00:00.000Z' }, pending, false)
    expect(planned?.latest).toBe('2026-01-01T00:00:00.000Z')
  })

  it('takes what is left of an append that is being erased as all of it', () => {
    const event = (version: number, append: string): PendingEvent => ({
      stream: { id: 'a:1', version },
      append: { id: append },
      metadata: { recordedAt: '2026-01-01T00:00:00.000Z' },
    })
    const plan = assignLsns({ _id: 0, counter: 0 }, [event(2, 'x'), event(5, 'end')], false)
    expect(plan.map(({ first, last, lsn }) => [first, last, lsn])).toEqual([
      [2, 2, 1],
      [5, 5, 2],
    ])
    expect(predecessorsOf([event(2, 'x'), event(5, 'end')])).toEqual([
      { stream: 'a:1', version: 1 },
      { stream: 'a:1', version: 4 },
    ])
  })
})

describe('predecessorsOf', () => {
  it('names what a scan may have missed: nothing when it starts with the first version', () => {
    expect(predecessorsOf(pendingOf([{ stream: 0, size: 3, pause: 0 }]))).toEqual([])
    const later = pendingOf([{ stream: 0, size: 3, pause: 0 }]).slice(1)
    expect(predecessorsOf(later)).toEqual([{ stream: 'a:0', version: 1 }])
  })
})
