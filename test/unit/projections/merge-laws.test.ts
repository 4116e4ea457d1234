import { AssertionError } from 'node:assert'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import type { FoldedEvent } from '../../../src/projections/projection.ts'
import { type GivenEvent, givenEvents, streamDeleted } from '../../../src/testing/given-when-then/projection.ts'

const events = defineEvents({ Read: z.object({ kwh: z.number() }), Cleared: z.object({}) })

type Total = { readonly kwh: number; readonly most: number; readonly list?: readonly number[] }

const base = {
  events,
  key: () => 'all',
  initial: (): Total => ({ kwh: 0, most: 0 }),
  on: {
    Read: (view: Total, { data }: { data: { kwh: number } }): Total => ({
      kwh: view.kwh + data.kwh,
      most: Math.max(view.most, data.kwh),
    }),
  },
  merge: (a: Total, b: Total): Total => ({ kwh: a.kwh + b.kwh, most: Math.max(a.most, b.most) }),
}

const readings = (streams: number): GivenEvent[] =>
  Array.from({ length: streams * 2 }, (_, i) => ({ streamId: `m:${i % streams}`, type: 'Read', data: { kwh: i + 1 } }))

describe('thenMerges', () => {
  it.each([2, 3, 7, 40])('holds for views that commute, of %i streams', async (streams) => {
    await givenEvents(defineProjection('totals', base), readings(streams)).thenMerges()
  })

  it('holds for one that forgets deleted streams', async () => {
    const counted = defineProjection('counted', {
      events,
      key: () => 'all',
      initial: () => ({ count: 0 }),
      on: { Read: (view) => ({ count: view.count + 1 }) },
      deleted: { key: () => 'all', fold: (view) => ({ count: view.count - 1 }) },
      merge: (a, b) => ({ count: a.count + b.count }),
    })
    await givenEvents(counted, [...readings(3), streamDeleted('m:1')]).thenMerges()
  })

  it.each<[string, object, RegExp]>([
    ['the last one wins', { merge: (_: Total, b: Total) => b }, /differs from folding together/],
    [
      'something is lost',
      { merge: (a: Total, b: Total) => ({ ...a, kwh: a.kwh + b.kwh }) },
      /differs from folding together/,
    ],
    [
      'handlers do not commute',
      {
        on: { Read: (view: Total, { data }: { data: { kwh: number } }) => ({ ...view, kwh: view.kwh * 2 + data.kwh }) },
      },
      /differs from folding together/,
    ],
    [
      'the order shows',
      {
        initial: () => ({ kwh: 0, most: 0, list: [] }),
        on: {
          Read: (view: Total, { data }: { data: { kwh: number } }) => ({
            ...view,
            list: [...(view.list ?? []), data.kwh],
          }),
        },
        merge: (a: Total, b: Total) => ({ ...a, list: [...(a.list ?? []), ...(b.list ?? [])] }),
      },
      /differs from folding together|commutative/,
    ],
    [
      'a view as initial makes it counts',
      { initial: () => ({ kwh: 100, most: 0 }) },
      /differs from folding together|initial/,
    ],
    ['null takes all away', { on: { ...base.on, Cleared: () => null } }, /differs from folding together/],
  ])('tells that %s', async (_, wrong, message) => {
    const projection = defineProjection('totals', { ...base, ...wrong } as typeof base)
    const given = [...readings(4), { streamId: 'm:1', type: 'Cleared', data: {} }]
    const checking = givenEvents(projection, given).thenMerges()
    await expect(checking).rejects.toBeInstanceOf(AssertionError)
    await expect(checking).rejects.toThrow(message)
  })

  it('does not pass where it checks nothing', async () => {
    const { merge: _, ...without } = base
    const nothing = { code: 'InvalidDefinition' }
    await expect(givenEvents(defineProjection('totals', without), readings(3)).thenMerges()).rejects.toMatchObject(
      nothing,
    )
    await expect(givenEvents(defineProjection('totals', base), readings(1)).thenMerges()).rejects.toMatchObject(nothing)
    await expect(givenEvents(defineProjection('totals', base), []).thenMerges()).rejects.toMatchObject(nothing)
    const perStream = defineProjection('totals', { ...base, key: ({ streamId }) => streamId })
    await expect(givenEvents(perStream, readings(3)).thenMerges()).rejects.toMatchObject(nothing)
  })
})

describe('a projection with merge', () => {
  const read: FoldedEvent = {
    type: 'Read',
    data: { kwh: 1 },
    streamId: 'm:1',
    version: 1,
    metadata: { eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z' },
  }

  it('gives initial the key of the view for each of its parts', () => {
    const keyed = {
      ...base,
      initial: (key: string) => ({ kwh: 0, most: 0, key }),
      on: { Read: (view: object) => view },
    }
    const merged = defineProjection('totals', keyed as never)
    expect(merged.fold('all~12', null, read)).toMatchObject({ key: 'all' })
    const { merge: _, ...without } = keyed
    expect(defineProjection('totals', without as never).fold('all~12', null, read)).toMatchObject({ key: 'all~12' })
  })

  it('refuses keys that could be those of parts, and indexes', () => {
    for (const key of ['all~1', 'x'.repeat(198)]) {
      const projection = defineProjection('totals', { ...base, key: () => key })
      expect(() => projection.keysOf(read)).toThrow(expect.objectContaining({ code: 'InvalidViewKey' }))
    }
    expect(() => defineProjection('totals', { ...base, indexes: ['kwh'] })).toThrow(/indexes/)
    expect(() => defineProjection('totals', { ...base, merge: 'sum' as never })).toThrow(/merge must be a function/)
  })
})
