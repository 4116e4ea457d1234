import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import dailyTotals from '../../../../projections/daily-totals-by-week.ts'
import meterOverview from '../../../../projections/meter-overview.ts'
import totalActivated from '../../../../projections/total-activated-meters.ts'
import type { EventTypesOf, RecordedEvent } from '../../../../src/core/events/types.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { meterEvents } from '../../../../src/demo/domain/meters/events.ts'
import type { Projection } from '../../../../src/projections/projection.ts'

type Event = RecordedEvent<EventTypesOf<typeof meterEvents>>
type Data = { readonly [T in Event['type']]: Extract<Event, { readonly type: T }>['data'] }

const event = <T extends Event['type']>(year: string, version: number, type: T, data: Data[T]) =>
  ({
    type,
    data,
    streamId: `meter:m:${year}`,
    version,
    metadata: { eventId: `${year}-${version}`, recordedAt: '2026-01-01T00:00:00.000Z' },
  }) as unknown as Event

const reading = (timestamp: string, value: number) => ({ timestamp, value })
const registration = { meterId: 'm', postalCode: '1012 AB', houseNumber: '7', activationCodeHash: 'c' }
const state = { ...registration, failedActivationAttempts: 1, latestReadingDate: null }

/** The life of one meter, a list for each of its streams. */
const years: readonly (readonly Event[])[] = [
  [event('2014', 1, 'MeterRegistered', registration), event('2014', 2, 'MeterActivationFailed', {})],
  [
    event('2015', 1, 'MeterYearOpened', { ...state, status: 'registered' }),
    event('2015', 2, 'MeterActivated', {}),
    event('2015', 3, 'MeterReadingsCollected', {
      date: '2015-12-31',
      interval: 60,
      readings: [reading('2015-12-31T00:00:00Z', 0.1), reading('2015-12-31T01:00:00Z', 0.2)],
    }),
  ],
  [
    event('2016', 1, 'MeterYearOpened', { ...state, status: 'active' }),
    event('2016', 2, 'MeterReadingsCollected', {
      date: '2016-01-01',
      interval: 60,
      readings: [reading('2016-01-01T00:00:00Z', 1)],
    }),
    event('2016', 3, 'MeterDeregistered', {}),
  ],
]

function fold(projection: Projection, events: readonly Event[]): Record<string, unknown> {
  const views: Record<string, JsonObject> = {}
  for (const one of events) {
    if (!Object.hasOwn(projection.events.definitions, one.type)) continue
    for (const key of projection.keysOf(one)) views[key] = projection.fold(key, views[key] ?? null, one) as JsonObject
  }
  return views
}

const expected = {
  'meter-overview': {
    m: {
      meterId: 'm',
      postalCode: '1012 AB',
      houseNumber: '7',
      status: 'deregistered',
      activationReminded: false,
      failedActivationAttempts: 1,
      latestReadingDate: '2016-01-01',
    },
  },
  'total-activated-meters': { all: { count: 1 } },
  'daily-totals-by-week': {
    'm:2015-W53': { meterId: 'm', week: '2015-W53', days: { '2015-12-31': 0.3, '2016-01-01': 1 } },
  },
}

describe.each([dailyTotals, meterOverview, totalActivated] as readonly Projection[])('$name', (projection) => {
  it('folds the life of a meter', () => {
    expect(fold(projection, years.flat())).toEqual(expected[projection.name as keyof typeof expected])
  })

  it('comes to the same view, to the letter, in whatever order the streams are read', () => {
    const straight = JSON.stringify(fold(projection, years.flat()))
    // A shuffled list of stream numbers says which stream goes on next: each keeps its own order.
    const turns = fc.shuffledSubarray(
      years.flatMap((events, i) => events.map(() => i)),
      { minLength: 8 },
    )
    fc.assert(
      fc.property(turns, (order) => {
        const left = years.map((events) => [...events])
        const events = order.map((i) => left[i]?.shift() as Event)
        expect(JSON.stringify(fold(projection, events))).toBe(straight)
      }),
    )
  })
})

it('sums a day without the noise of binary fractions', () => {
  const values = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 96 })
  fc.assert(
    fc.property(values, (thousandths) => {
      const readings = thousandths.map((value, i) => {
        const time = new Date(Date.UTC(2026, 10, 20) + i * 900_000).toISOString().slice(0, 19)
        return reading(`${time}Z`, value / 1000)
      })
      const day = event('2026', 1, 'MeterReadingsCollected', { date: '2026-11-20', interval: 15, readings })
      const views = fold(dailyTotals as Projection, [day])
      const sum = thousandths.reduce((a, b) => a + b, 0) / 1000
      expect(views['m:2026-W47']).toMatchObject({ days: { '2026-11-20': sum } })
    }),
  )
})
