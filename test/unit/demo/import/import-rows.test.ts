import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activate } from '../../../../src/demo/domain/meters/activation/activate.ts'
import { collectReadings } from '../../../../src/demo/domain/meters/collect-readings.ts'
import { deregister } from '../../../../src/demo/domain/meters/deregister.ts'
import { register } from '../../../../src/demo/domain/meters/register.ts'
import type { Meters } from '../../../../src/demo/import/meter-writer.ts'
import { household, type Imported, importer, row } from './import-lines.ts'

const LONDON = ',KWH/hh (per half hour) '

describe('importing registers', () => {
  const lines = [
    household('pv', 'ev'),
    row('2015-12-30T22:00:00Z', '1.000', ''),
    row('2015-12-30T23:00:00Z', '1.100', ''),
    row('2015-12-31T00:00:00Z', '', '7.5'),
    row('2015-12-31T01:00:00Z', '', '7.5'),
    row('2015-12-31T02:00:00Z', '1.400', '8'),
    row('2016-01-01T00:00:00Z', '1.500', '8.003'),
    row('2016-01-02T00:00:00Z', '1.500', ''),
  ]

  it('makes a day of intervals one event, in the stream of its year', async () => {
    const { readings, lines: run, meters } = importer()
    const { counts, messages } = await run(lines)
    expect(messages).toEqual([])
    expect(counts).toEqual({ meters: 2, days: 6, repeated: 0, events: 10, refused: 0 })
    expect(await readings('pv', '2015')).toEqual([
      ['2015-12-30', '23:00 0.1'],
      ['2015-12-31', '02:00 0.3!'],
    ])
    expect(await readings('pv', '2016')).toEqual([
      ['2016-01-01', '00:00 0.1!'],
      ['2016-01-02', '00:00 0!'],
    ])
    expect(await readings('ev', '2015')).toEqual([['2015-12-31', '01:00 0', '02:00 0.5']])
    expect(await readings('ev', '2016')).toEqual([['2016-01-01', '00:00 0.003!']])
    expect(await meters.periods('pv')).toEqual(['2015', '2016'])
    const { state } = await meters.load('pv')
    expect(state).toMatchObject({ status: 'active', registeredOn: '2015-12-30', latestReadingDate: '2016-01-02' })
  })

  it('adds nothing when it runs again, nor when two run at once', async () => {
    const { lines: run, storage } = importer()
    const both = await Promise.all([run(lines), importer(storage.reopen()).lines(lines)])
    expect(both.flatMap(({ messages }) => messages)).toEqual([])
    expect(both.map(({ counts }) => counts.days).reduce((a, b) => a + b)).toBe(6)
    const again = await importer(storage.reopen()).lines(lines)
    expect(again.messages).toEqual([])
    expect(again.counts).toEqual({ meters: 2, days: 0, repeated: 6, events: 0, refused: 0 })
  })

  it('adds nothing when another importer passes by and closes the year meanwhile', async () => {
    const { lines: run, meters, storage } = importer()
    let other: Imported | undefined
    const slow: Meters = {
      ...meters,
      async execute(...command) {
        // Past registration, so the days of the year were looked up before the other one wrote them.
        if (command[0] === 'pv' && command[2]?.period === '2015' && ++calls === 3) {
          other = await importer(storage.reopen()).lines(lines)
        }
        return meters.execute(...command)
      },
    }
    let calls = 0
    const { counts, messages } = await run(lines, { meters: slow })
    expect(messages).toEqual([])
    expect(other?.messages).toEqual([])
    expect(counts.days + (other?.counts.days ?? 0)).toBe(6)
    expect(counts.days + counts.repeated).toBe(6)
  })

  it('knows the readings that came another way, also of a year whose books are closed', async () => {
    const { lines: run, meters } = importer()
    await run([household('pv'), row('2015-12-30T22:00:00Z', 1), row('2015-12-30T23:00:00Z', 2)])
    const readings = [{ timestamp: '2015-12-31T00:00:00Z', value: 3 }]
    const day = { meterId: 'pv', date: '2015-12-31', interval: 60, readings } as const
    await meters.execute('pv', (state) => collectReadings(state, day))
    await meters.close('pv', { period: '2015', successor: '2016' })
    const { counts, messages } = await run([
      household('pv'),
      row('2015-12-30T22:00:00Z', 1),
      row('2015-12-30T23:00:00Z', 2),
      row('2015-12-31T00:00:00Z', 5),
    ])
    expect(messages).toEqual([])
    expect(counts).toMatchObject({ days: 0, repeated: 2 })
  })

  it('takes what was added to the file since', async () => {
    const { lines: run, readings } = importer()
    await run(lines.slice(0, 6))
    const { counts } = await run(lines)
    expect(counts).toMatchObject({ days: 3, repeated: 3, refused: 0 })
    expect(await readings('pv', '2016')).toEqual([
      ['2016-01-01', '00:00 0.1!'],
      ['2016-01-02', '00:00 0!'],
    ])
  })

  it('refuses a day that has other readings already, with its lines, and goes on', async () => {
    const { lines: run } = importer()
    await run(lines)
    const changed = lines.with(2, row('2015-12-30T23:00:00Z', '1.200', ''))
    const { counts, messages } = await run([...changed, row('2016-01-03T00:00:00Z', '1.600', '9')])
    expect(messages).toEqual([
      'meters.csv:3: pv: Period 2015 of meter:pv:2015 is closed; the open one is 2016',
      'meters.csv:6: pv: Period 2015 of meter:pv:2015 is closed; the open one is 2016',
    ])
    expect(counts).toMatchObject({ days: 2, repeated: 4, refused: 2 })
  })

  it('refuses the rest of a day that was cut off when the file was imported first', async () => {
    const { lines: run, readings } = importer()
    const first = ['00', '01', '02'].map((hour, i) => row(`2016-05-01T${hour}:00:00Z`, i))
    const later = ['03', '04'].map((hour, i) => row(`2016-05-01T${hour}:00:00Z`, i + 3))
    await run([household('pv'), ...first])
    const { messages, counts } = await run([household('pv'), ...first, ...later, row('2016-05-02T00:00:00Z', 9)])
    expect(messages).toEqual(['meters.csv:3-6: pv: Meter pv already has other readings for 2016-05-01'])
    expect(counts).toMatchObject({ days: 1, refused: 4 })
    expect(await readings('pv', '2016')).toEqual([
      ['2016-05-01', '01:00 1', '02:00 1'],
      ['2016-05-02', '00:00 5!'],
    ])
  })

  it('conserves every meter over holes and years', async () => {
    const cell = fc.option(fc.nat(5_000), { nil: undefined })
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), cell, cell), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(rows, async (steps) => {
        const { lines: run, storage } = importer()
        let hour = 0
        const registers: [number[], number[]] = [[], []]
        const text = steps.map(([hours, ...more]) => {
          hour += hours
          const cells = more.map((thousandths, i) => {
            const column = registers[i] as number[]
            if (thousandths === undefined) return ''
            column.push((column.at(-1) ?? 0) + thousandths)
            return ((column.at(-1) ?? 0) / 1000).toFixed(3)
          })
          return row(new Date(Date.parse('2014-11-01T00:00:00Z') + hour * 3_600_000).toISOString(), ...cells)
        })
        const { messages } = await run([household('pv', 'ev'), ...text])
        expect(messages).toEqual([])
        const sums: Record<string, number> = { pv: 0, ev: 0 }
        for await (const { stream, eventData } of storage.events.query({ types: ['MeterReadingsCollected'] })) {
          const { readings } = eventData as unknown as { readings: { value: number }[] }
          const id = stream.id.split(':')[1] as string
          for (const { value } of readings) sums[id] = (sums[id] ?? 0) + Math.round(value * 1000)
        }
        const expected = registers.map((column) => (column.at(-1) ?? 0) - (column[0] ?? 0))
        expect([sums.pv, sums.ev]).toEqual(expected)
        await storage.close()
      }),
      { numRuns: 30 },
    )
  })
})

describe('importing half hours', () => {
  it('takes values as they are, and leaves a hole a hole', async () => {
    const { lines: run, readings, storage } = importer()
    const lines = [LONDON, '2012-02-28 23:30:00,0.1', '2012-02-29 00:00:00,1.3150001', '2012-02-29 02:00:00,']
    const { counts } = await run([...lines, '2012-02-29 03:00:00,0'], { meter: 'MAC000060' })
    expect(counts).toMatchObject({ meters: 1, days: 2, refused: 0 })
    expect(await readings('MAC000060', '2012')).toEqual([
      ['2012-02-28', '23:30 0.1'],
      ['2012-02-29', '00:00 1.3150001', '03:00 0'],
    ])
    const { events } = await storage.events.load('meter:MAC000060:2012')
    // Those of the second day would fit an hourly grid as well, but the file is half-hourly.
    expect(events.slice(2).map(({ eventData }) => eventData.interval)).toEqual([30, 30])
  })
})

describe('bad lines', () => {
  it('are reported with file, line and reason, and cost nothing but themselves', async () => {
    const { lines: run, readings } = importer()
    const { counts, messages } = await run([
      household('pv', 'a/b', 'ev', 'pv'),
      row('2016-05-01T00:00:00Z', 1, '', 10, ''),
      row('2016-05-01T01:00:00Z', 'Null', '', 11, ''),
      row('2016-05-01T02:00:00Z', 2, '', '-11', ''),
      row('2016-05-01T03:00:00Z', 1.5, '', '', ''),
      row('2016-05-01T03:00:00Z', 2, '', '', ''),
      row('2016-05-01T02:00:00Z', 2, '', '', ''),
      row('2016-05-01T04:00:00Z', '2,5', '', '', ''),
      row('2016-05-01T05:00:00Z', '"2.5"', '', 12, ''),
      '2016-05-01T06:00:00Z,"',
      row('31.05.2016 07:00', 3, '', '', ''),
      row('2016-05-01T07:10:00Z', 3, '', '', ''),
      row('2016-05-01T08:00:00Z', 3, '', '', ''),
    ])
    expect(messages.toSorted()).toEqual([
      'meters.csv:10: its quotes do not match',
      'meters.csv:11: "31.05.2016 07:00" is not a timestamp',
      'meters.csv:12: 2016-05-01T07:10:00Z is not on the grid of 15 minutes',
      'meters.csv:1: "a/b" cannot be a meter: Invalid stream id "meter:a/b": it contains one of / \\ ? #',
      'meters.csv:1: "pv" cannot be a meter: an earlier column has the same name',
      'meters.csv:3: pv: "Null" is not a number',
      'meters.csv:4: ev: -11 is below zero',
      'meters.csv:5: pv: the register decreases to 1.5 from 2 kWh (line 4)',
      'meters.csv:6: pv: line 5 has another value, 1.5, for the same moment',
      'meters.csv:8: 8 columns instead of 7',
    ])
    expect(counts).toMatchObject({ meters: 2, days: 2, refused: 9 })
    expect(await readings('pv', '2016')).toEqual([['2016-05-01', '02:00 1!', '05:00 0.5!', '08:00 0.5!']])
    expect(await readings('ev', '2016')).toEqual([['2016-05-01', '01:00 1', '05:00 1!']])
  })
})

describe('meters that are there already', () => {
  const address = { postalCode: '78462', houseNumber: '1', activationCode: '542-484', registeredOn: '2016-01-01' }
  const lines = [household('pv'), row('2016-05-01T00:00:00Z', 1), row('2016-05-01T01:00:00Z', 2)]

  const registerByHand = (meters: Meters) =>
    meters.execute('pv', (state) => register(state, { meterId: 'pv', ...address }), { period: '2016' })
  const activateByHand = (meters: Meters) =>
    meters.execute('pv', (state) => activate(state, { meterId: 'pv', activationCode: '542-484' }))

  it('take readings when they are active, and keep their address', async () => {
    const { lines: run, meters } = importer()
    await registerByHand(meters)
    await activateByHand(meters)
    const { counts } = await run(lines)
    expect(counts).toEqual({ meters: 1, days: 1, repeated: 0, events: 1, refused: 0 })
    const { activationCode: _, ...kept } = address
    expect((await meters.load('pv')).state).toMatchObject(kept)
  })

  it('refuse readings when somebody else has not activated them yet, or has deregistered them', async () => {
    const { lines: run, meters } = importer()
    await registerByHand(meters)
    expect(await run(lines)).toMatchObject({
      counts: { days: 0, refused: 1 },
      messages: ['meters.csv:3: pv: Meter pv is not active yet: activate it before you send readings'],
    })
    await meters.execute('pv', (state) => deregister(state, { meterId: 'pv' }))
    expect((await run(lines)).messages).toEqual(['meters.csv:3: pv: Meter pv was deregistered'])
    expect((await meters.load('pv')).state.failedActivationAttempts).toBe(0)
  })

  it('are activated by the importer that registered them and was stopped in between', async () => {
    const { lines: run, meters } = importer()
    let calls = 0
    const dying: Meters = {
      ...meters,
      async execute(...command) {
        if (++calls === 2) throw new Error('the machine is gone')
        return meters.execute(...command)
      },
    }
    await expect(run(lines, { meters: dying })).rejects.toThrow('the machine is gone')
    expect((await meters.load('pv')).state.status).toBe('registered')
    const { counts } = await run(lines)
    expect(counts).toMatchObject({ days: 1, events: 2, refused: 0 })
  })
})

describe('stopping', () => {
  const hours = Array.from({ length: 24 * 20 }, (_, i) => new Date(Date.parse('2016-05-01T00:00:00Z') + i * 3_600_000))
  const lines = [household('pv', 'ev'), ...hours.map((time, i) => row(time.toISOString(), i, i))]

  it('ends after the commands in hand, writes no part of a day, and goes on the next time', async () => {
    const { lines: run, meters, readings } = importer()
    const stop = new AbortController()
    let calls = 0
    const counting: Meters = {
      ...meters,
      async execute(...command) {
        if (++calls === 9) stop.abort()
        return meters.execute(...command)
      },
    }
    const first = await run(lines, { meters: counting, signal: stop.signal })
    expect(first.messages).toEqual([])
    expect(calls).toBeLessThanOrEqual(10)
    expect(first.counts.events).toBe(calls)
    for (const id of ['pv', 'ev']) {
      for (const [i, [, ...day]] of (await readings(id, '2016')).entries()) expect(day).toHaveLength(i === 0 ? 23 : 24)
    }
    const second = await run(lines)
    expect(second.messages).toEqual([])
    expect(first.counts.days + second.counts.days).toBe(40)
    expect(second.counts.repeated).toBe(first.counts.days)
  })

  it('stops every meter at the first failure of the storage and says it', async () => {
    const { lines: run, meters } = importer()
    const calls = { pv: 0, ev: 0 }
    const failed = Promise.withResolvers<void>()
    const failing: Meters = {
      ...meters,
      async execute(id, ...rest) {
        if (++calls[id as 'pv' | 'ev'] <= 4) return meters.execute(id, ...rest)
        if (id === 'pv') {
          failed.resolve()
          throw new Error('the disk is full')
        }
        // However fast it is, it does not get further before the failure.
        await failed.promise
        return meters.execute(id, ...rest)
      },
    }
    await expect(run(lines, { meters: failing })).rejects.toThrow('the disk is full')
    expect(calls.pv).toBe(5)
    expect(calls.ev).toBeLessThanOrEqual(8)
  })
})
