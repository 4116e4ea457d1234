import { afterEach, describe, expect, test, vi } from 'vitest'
import type { BusReport, BusSimulation } from '../../support/messaging/simulate-bus.ts'

const simulate = async (options: BusSimulation): Promise<BusReport> =>
  (await import('../../support/messaging/simulate-bus.ts')).simulateBus(options)

const BUS_AWAY = { side: 'bus', from: 30_000, to: 90_000 } as const
const LONGEST_PAUSE = 60_000
const STORAGE_AWAY = { side: 'storage', from: 60_000, to: 110_000 } as const

/** What is wrong with a run in which no message was at fault. */
function faultsOf({ sent, arrived, parked, deadLettered, failures }: BusReport): string[] {
  const faults = [...failures]
  for (const [stream, numbers] of sent) {
    const found = arrived.get(stream) ?? []
    if (numbers.join() !== found.join()) faults.push(`${stream}: ${found.join()} instead of ${numbers.join()}`)
  }
  if (arrived.size !== sent.size) faults.push(`${arrived.size} streams instead of ${sent.size}`)
  if (parked.length > 0) faults.push(`parked ${parked.join()}`)
  if (deadLettered > 0) faults.push(`${deadLettered} dead letters`)
  return faults
}

describe('whatever happens between two services', () => {
  const seeds = Array.from({ length: 5 }, (_, i) => i + 1)

  test.each(seeds)('every message arrives once and in order (seed %i)', async (seed) => {
    const outages = [[], [BUS_AWAY], [STORAGE_AWAY], [BUS_AWAY, STORAGE_AWAY]][seed % 4] as BusSimulation['outages']
    const report = await simulate({ seed, outages: outages ?? [], intensity: 1 + (seed % 3) * 2 })
    expect(faultsOf(report)).toEqual([])
  })

  test('all kinds of faults occur', async () => {
    const totals: Record<string, number> = {}
    for (const seed of [21, 22, 23]) {
      const { strikes } = await simulate({ seed, outages: [BUS_AWAY], intensity: 4 })
      for (const [kind, count] of Object.entries(strikes)) totals[kind] = (totals[kind] ?? 0) + count
    }
    for (const [kind, count] of Object.entries(totals)) expect(count, kind).toBeGreaterThan(0)
  })

  test.each([31, 32, 33])(
    'a message that is too large parks its stream, and holds up no other (seed %i)',
    async (seed) => {
      const report = await simulate({ seed, withTooLarge: true, events: 200 })
      expect(report.parked.length).toBeGreaterThan(0)
      for (const [stream, numbers] of report.sent) {
        const found = report.arrived.get(stream) ?? []
        expect(found, stream).toEqual(numbers.slice(0, found.length))
        if (!report.parked.includes(stream)) expect(found, stream).toEqual(numbers)
        else expect(found.length, stream).toBeLessThan(numbers.length)
      }
      expect(report.deadLettered).toBe(0)
    },
  )
})

test('after an outage of a minute under load, nothing is parked or lost, and messages flow within one pause', async () => {
  const report = await simulate({ seed: 41, events: 500, outages: [BUS_AWAY], intensity: 0 })
  expect(faultsOf(report)).toEqual([])
  const during = report.arrivals.filter((time) => time > BUS_AWAY.from + 1_000 && time < BUS_AWAY.to)
  expect(during).toEqual([])
  const first = report.arrivals.find((time) => time >= BUS_AWAY.to) as number
  expect(first - BUS_AWAY.to).toBeLessThan(LONGEST_PAUSE + 1_000)
})

describe('a simulation finds', () => {
  afterEach(() => {
    vi.doUnmock('../../../src/cloud-events/to-new-event.ts')
    vi.doUnmock('../../../src/messaging/subscriber/store-messages.ts')
    vi.doUnmock('../../../src/messaging/subscriber/bounded-calls.ts')
    vi.doUnmock('../../../src/connectors/service-bus/outcomes.ts')
    vi.doUnmock('../../../src/messaging/bus/publishing.ts')
    vi.resetModules()
  })

  async function isFound(module: string, change: (original: never) => object): Promise<boolean> {
    vi.resetModules()
    vi.doMock(module, async (original) => {
      const exports = await original<object>()
      return { ...exports, ...change(exports as never) }
    })
    for (let seed = 1; seed <= 4; seed++) {
      const report = await simulate({ seed, outages: [BUS_AWAY, STORAGE_AWAY], intensity: 5, withTooLarge: true })
      const inOrder = [...report.sent].every(([stream, numbers]) => {
        const found = report.arrived.get(stream) ?? []
        const whole = report.parked.includes(stream) ? numbers.slice(0, found.length) : numbers
        return found.join() === whole.join()
      })
      // Events of a tenth of the streams are too large.
      if (!inOrder || report.deadLettered > 0 || report.parked.length > 6) return true
    }
    return false
  }

  test('no bug where there is none', async () => {
    expect(await isFound('../../../src/cloud-events/to-new-event.ts', (original) => original)).toBe(false)
  })

  test('ids that do not come from the message', async () => {
    const found = await isFound(
      '../../../src/cloud-events/to-new-event.ts',
      ({ toNewEvent }: typeof import('../../../src/cloud-events/to-new-event.ts')) => ({
        toNewEvent: (...given: Parameters<typeof toNewEvent>) => {
          const event = toNewEvent(...given)
          return { ...event, metadata: { ...event.metadata, eventId: crypto.randomUUID() } }
        },
      }),
    )
    expect(found).toBe(true)
  })

  test('messages that are completed though storing them failed', async () => {
    const found = await isFound(
      '../../../src/messaging/subscriber/store-messages.ts',
      ({ storeArrivals }: typeof import('../../../src/messaging/subscriber/store-messages.ts')) => ({
        storeArrivals: async (...given: Parameters<typeof storeArrivals>) =>
          storeArrivals(...given).catch(() => given[2].map(() => ({ kind: 'stored' }))),
      }),
    )
    expect(found).toBe(true)
  })

  test('calls that may wait for ever', async () => {
    const found = await isFound('../../../src/messaging/subscriber/bounded-calls.ts', () => ({
      boundCalls: () => ({ reconnects: 0, bounded: (_: number, call: () => Promise<unknown>) => call() }),
    }))
    expect(found).toBe(true)
  })

  test('messages that are sent after an earlier one of their key failed', async () => {
    const found = await isFound(
      '../../../src/connectors/service-bus/outcomes.ts',
      ({ trackOutcomes }: typeof import('../../../src/connectors/service-bus/outcomes.ts')) => ({
        trackOutcomes: () => ({ ...trackOutcomes(), maySend: () => true }),
      }),
    )
    expect(found).toBe(true)
  })

  test('outages that count as attempts', async () => {
    const found = await isFound(
      '../../../src/connectors/service-bus/outcomes.ts',
      ({ trackOutcomes }: typeof import('../../../src/connectors/service-bus/outcomes.ts')) => ({
        trackOutcomes() {
          const outcomes = trackOutcomes()
          const failures = () => outcomes.failures().map(({ index }) => ({ index, error: new Error('failed') }))
          return { ...outcomes, failures }
        },
      }),
    )
    expect(found).toBe(true)
  })
})
