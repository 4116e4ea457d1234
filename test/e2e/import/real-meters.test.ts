import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import dailyTotals, { type DailyTotals } from '../../../projections/daily-totals-by-week.ts'
import meterOverview from '../../../projections/meter-overview.ts'
import totalActivatedMeters, { TOTAL } from '../../../projections/total-activated-meters.ts'
import type { EventDocument } from '../../../src/core/port/event-document.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import type { Storage } from '../../../src/views/with-views.ts'
import { findServer } from '../../support/mongo/server.ts'
import { HOUSEHOLD, hasRealData, LONDON } from './data.ts'
import { emulator } from './emulator.ts'
import { mongoStorage } from './mongo.ts'
import { type NaiveMeter, naiveHousehold, naiveLondon } from './naive.ts'
import { runImport, startImport } from './run-import.ts'
import { tempFolder } from './temp-folder.ts'

const projections = [dailyTotals, meterOverview, totalActivatedMeters]

type Reading = { readonly timestamp: string; readonly value: number; readonly gap?: true }

async function dailyTotalsOf(storage: Storage): Promise<Map<string, Record<string, number>>> {
  const meters = new Map<string, Record<string, number>>()
  let after: string | undefined
  do {
    const page = await storage.views.query(dailyTotals, { limit: 1000, ...(after !== undefined && { after }) })
    for (const { meterId, days } of page.items as DailyTotals[])
      meters.set(meterId, { ...meters.get(meterId), ...days })
    after = page.next
  } while (after !== undefined)
  return meters
}

async function caughtUp(status: () => Promise<{ readonly ranges: readonly { readonly behind: number | null }[] }>) {
  const deadline = Date.now() + 120_000
  for (;;) {
    const { ranges } = await status()
    if (ranges.length === 12 && ranges.every(({ behind }) => behind === 0)) return
    if (Date.now() > deadline) throw new Error(`The projections did not catch up: ${JSON.stringify(ranges)}`)
    await setTimeout(50)
  }
}

async function expectTotals(storage: Storage, expected: ReadonlyMap<string, NaiveMeter>): Promise<void> {
  const totals = await dailyTotalsOf(storage)
  expect([...totals.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [meterId, { days }] of expected) expect(totals.get(meterId), meterId).toEqual(days)
  expect(await storage.views.get(totalActivatedMeters, TOTAL)).toEqual({ count: expected.size })
  for (const [meterId, { days }] of expected) {
    const latestReadingDate = Object.keys(days).sort().at(-1)
    expect(await storage.views.get(meterOverview, meterId)).toMatchObject({ status: 'active', latestReadingDate })
  }
}

async function expectStreams(storage: Storage, expected: ReadonlyMap<string, NaiveMeter>): Promise<void> {
  for (const [meterId, meter] of expected) {
    const years = [...new Set(Object.keys(meter.days).map((date) => date.slice(0, 4)))].sort()
    const readings: Reading[] = []
    for (const [i, year] of years.entries()) {
      const events: EventDocument[] = await Array.fromAsync(storage.events.read(`meter:${meterId}:${year}`))
      const types = events.map(({ eventType }) => eventType)
      const days = Object.keys(meter.days).filter((date) => date.startsWith(year))
      expect(types, `${meterId} in ${year}`).toEqual([
        ...(i === 0 ? ['MeterRegistered', 'MeterActivated'] : ['MeterYearOpened']),
        ...days.map(() => 'MeterReadingsCollected'),
        ...(i === years.length - 1 ? [] : ['$periodClosed']),
      ])
      const collected = events.filter(({ eventType }) => eventType === 'MeterReadingsCollected')
      expect(collected.map(({ eventData }) => eventData.date)).toEqual(days)
      readings.push(...collected.flatMap(({ eventData }) => eventData.readings as unknown as Reading[]))
    }
    expect(await storage.events.load(`meter:${meterId}:${Number(years[0]) - 1}`)).toMatchObject({ version: 0 })
    expect(await storage.events.load(`meter:${meterId}:${Number(years.at(-1)) + 1}`)).toMatchObject({ version: 0 })
    expect(readings.map(({ timestamp }) => timestamp)).toEqual(meter.readings)
    expect(readings.filter(({ gap }) => gap)).toHaveLength(meter.gaps)
    const total = readings.reduce((sum, { value }) => sum + Math.round(value * meter.steps), 0)
    expect(total, `all that ${meterId} counted`).toBe(meter.total)
  }
}

const countEvents = async ({ events }: Storage) => {
  let count = 0
  for await (const _ of events.query({})) count++
  return count
}

const storages = [
  ['a folder', tempFolder],
  ...((await findServer()) === undefined ? [] : [['MongoDB', mongoStorage] as const]),
] as const

describe.skipIf(!hasRealData())('importing real meters', { timeout: 300_000 }, () => {
  let household: Map<string, NaiveMeter>
  let london: NaiveMeter
  let all: Map<string, NaiveMeter>
  beforeAll(() => {
    household = naiveHousehold(HOUSEHOLD)
    london = naiveLondon(LONDON)
    all = new Map([...household, ['MAC000060', london]])
    expect(all.size).toBe(10)
  })
  const daysOf = (meters: Iterable<NaiveMeter>) =>
    [...meters].reduce((sum, { days }) => sum + Object.keys(days).length, 0)

  it.each(storages)(
    'gives the daily totals of the files, conserves every meter, and adds nothing twice, on %s',
    async (_, open) => {
      await using target = await open()
      const imports = await Promise.all([
        runImport([HOUSEHOLD, '--storage', target.url]),
        runImport([LONDON, '--meter', 'MAC000060'], { TIDEMARK_STORAGE: target.url }),
      ])
      expect(imports.map(({ code, stderr }) => [code, stderr])).toEqual([
        [0, ''],
        [0, ''],
      ])
      const householdDays = daysOf(household.values()).toLocaleString('en')
      expect(imports[0].stdout).toContain(`9 meters: ${householdDays} days added`)
      expect(imports[1].stdout).toContain(`1 meter: ${daysOf([london])} days added`)

      await using storage = await openStorage(target.url)
      const events = await countEvents(storage)
      await expectStreams(storage, all)
      {
        await using processor = await startProcessor(storage, projections)
        await caughtUp(processor.status)
        await expectTotals(storage, all)
      }

      const again = await Promise.all([HOUSEHOLD, LONDON].map((file) => runImport([file, '--storage', target.url])))
      expect(again.map(({ code, stderr }) => [code, stderr])).toEqual([
        [0, ''],
        [0, ''],
      ])
      expect(again[0]?.stdout).toContain(`0 days added (0 events appended), ${householdDays} already there`)
      expect(await countEvents(storage)).toBe(events)
    },
  )

  // One meter through three years: ten take the emulator a minute, and it meets nothing new in them.
  it('does so with one meter on an emulator of Azure Cosmos DB', async () => {
    await using target = await emulator()
    const days = daysOf([london])
    const args = [LONDON, '--meter', 'MAC000060', '--storage', target.url]
    expect((await runImport(args)).stdout).toContain(`1 meter: ${days} days added`)
    await using storage = await openStorage(target.url)
    const one = new Map([['MAC000060', london]])
    await expectStreams(storage, one)
    {
      await using processor = await startProcessor(storage, projections)
      await caughtUp(processor.status)
      await expectTotals(storage, one)
    }
    expect((await runImport(args)).stdout).toContain(`0 days added (0 events appended), ${days} already there`)
  })

  it('works while a worker projects, and when it is stopped half way', async () => {
    await using folder = await tempFolder()
    await using storage = await openStorage(folder.url)
    await using processor = await startProcessor(storage, projections)
    const first = startImport([HOUSEHOLD, '--storage', folder.url])
    while ((await countEvents(storage)) === 0 && first.process.exitCode === null) await setTimeout(20)
    first.process.kill('SIGINT')
    const stopped = await first.ended
    expect(stopped).toMatchObject({ code: 130, stderr: '' })
    expect(stopped.stdout).toContain('stopped; run the same command again to resume')
    const before = await countEvents(storage)

    const second = await runImport([HOUSEHOLD, '--storage', folder.url])
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(await countEvents(storage)).toBeGreaterThan(before)
    await caughtUp(processor.status)
    await expectStreams(storage, household)
    await expectTotals(storage, household)
  })
})
