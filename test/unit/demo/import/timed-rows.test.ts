import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { household } from '../../../../src/demo/import/formats/household.ts'
import type { Row } from '../../../../src/demo/import/reading/read-rows.ts'
import { timedRows } from '../../../../src/demo/import/reading/timed-rows.ts'

const now = Date.parse('2026-06-01T00:00:00Z')

async function judge(cells: readonly (readonly string[] | undefined)[]) {
  const rows: Row[] = cells.map((cells, i) => ({ line: i + 2, cells }))
  async function* each() {
    yield* rows
  }
  const refused: [number, string][] = []
  const options = { format: household, width: 2, now, refuse: (line: number, why: string) => refused.push([line, why]) }
  const taken = (await Array.fromAsync(timedRows(each(), options))).map(({ line }) => line)
  return { taken, refused, refusedLines: refused.map(([line]) => line).sort((a, b) => a - b) }
}

const at = (...times: string[]) => judge(times.map((time) => [time, '1']))

describe('timedRows', () => {
  it('refuses each kind of bad row and passes the others on', async () => {
    const { taken, refused } = await judge([
      ['2015-10-04T01:00:00Z', '1'],
      ['2015-10-04T02:00:00Z'],
      ['2015-10-04T03:00:00Z', '1', '2'],
      ['yesterday', '1'],
      ['2015-10-04T04:07:00Z', '1'],
      ['2027-10-04T04:00:00Z', '1'],
      undefined,
      ['2015-10-04T05:00:00Z', '1'],
    ])
    expect(taken).toEqual([2, 9])
    expect(refused).toEqual([
      [3, '1 columns instead of 2'],
      [4, '3 columns instead of 2'],
      [5, '"yesterday" is not a timestamp'],
      [6, expect.stringContaining('grid of 15 minutes')],
      [7, expect.stringContaining('in the future')],
      [8, 'its quotes do not match'],
    ])
  })

  it('takes the lines of a day in any order', async () => {
    const { taken } = await at('2015-10-04T02:00Z', '2015-10-04T01:00Z', '2015-10-05T01:00Z', '2015-10-05T00:00Z')
    expect(taken).toEqual([2, 3, 4, 5])
  })

  it.each([
    ['early, in the middle', ['2015-10-04T00:00Z', '2015-10-05T00:00Z', '2014-01-01T00:00Z', '2015-10-05T01:00Z'], 4],
    ['late, in the middle', ['2015-10-04T00:00Z', '2025-10-05T00:00Z', '2015-10-04T02:00Z', '2015-10-04T03:00Z'], 3],
    ['late, at first', ['2025-10-04T00:00Z', '2015-10-04T01:00Z', '2015-10-04T02:00Z'], 2],
    ['early, in the second line', ['2015-10-04T00:00Z', '2005-10-04T01:00Z', '2015-10-04T02:00Z'], 3],
    ['early, at last', ['2015-10-04T00:00Z', '2015-10-05T00:00Z', '2015-10-03T00:00Z'], 4],
  ])('refuses the one line that is %s', async (_, times, line) => {
    const { refusedLines } = await at(...times)
    expect(refusedLines).toEqual([line])
  })

  it('tells which of two lines is out of order, and where', async () => {
    const { refused } = await at('2015-10-04T00:00Z', '2015-11-05T00:00Z', '2015-10-04T02:00Z', '2015-10-04T03:00Z')
    expect(refused).toEqual([[3, 'out of order: 2015-11-05, and line 4 is of 2015-10-04']])
  })

  it('never lets a day go back, and gives every row to one side', async () => {
    const hours = fc.array(fc.nat(24 * 12), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(hours, async (times) => {
        const start = Date.parse('2015-10-04T00:00:00Z')
        const day = (hour: number) => Math.floor(hour / 24)
        const { taken, refusedLines } = await at(
          ...times.map((hour) => new Date(start + hour * 3_600_000).toISOString()),
        )
        expect([...taken, ...refusedLines].sort((a, b) => a - b)).toEqual(times.map((_, i) => i + 2))
        const days = taken.map((line) => day(times[line - 2] as number))
        expect(days).toEqual([...days].sort((a, b) => a - b))
      }),
    )
  })

  it('refuses one mistyped date wherever it stands between others, and nothing else', async () => {
    const rows = fc.integer({ min: 3, max: 60 })
    const days = fc.integer({ min: 2, max: 30 })
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), days, fc.boolean(), async (length, seed, off, early) => {
        const place = seed % (length - 1)
        const start = Date.parse('2015-10-04T00:00:00Z')
        const times = Array.from({ length }, (_, i) => start + i * 3_600_000)
        const spoilt = times.with(place, (times[place] as number) + (early ? -off : off) * 86_400_000)
        const { refusedLines } = await at(...spoilt.map((time) => new Date(time).toISOString()))
        // A first date too early is what a gap looks like.
        expect(refusedLines).toEqual(place === 0 && early ? [] : [place + 2])
      }),
    )
  })
})
