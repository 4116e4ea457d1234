import { describe, expect, it } from 'vitest'
import { InvalidConfiguration } from '../../../../src/core/errors/input.ts'
import type { LayoutOptions } from '../../../../src/demo/import/file-layout.ts'
import { openFile } from '../../../../src/demo/import/reading/open-file.ts'
import { tempFile } from './temp-file.ts'

const HOUSEHOLD = 'utc_timestamp,cet_cest_timestamp,pv,ev,interpolated_values'
const LONDON = ',KWH/hh (per half hour) '

async function open(lines: readonly string[], options: Omit<LayoutOptions, 'file'> = {}) {
  await using file = await tempFile('MAC000060.csv', lines.join('\n'))
  const { layout, rows } = await openFile({ file: file.path, ...options })
  const { format, columns, width, step } = layout
  const lineNumbers = await Array.fromAsync(rows, ({ line }) => line)
  return { format: format.name, columns, width, minutes: step / 60_000, lineNumbers }
}

describe('openFile', () => {
  it('recognises household data: a column a meter', async () => {
    const lines = [HOUSEHOLD, '2015-10-04T01:00:00Z,,1,2,', '2015-10-04T02:00:00Z,,1,2,']
    expect(await open(lines)).toEqual({
      format: 'household',
      columns: [
        { index: 2, meter: 'pv' },
        { index: 3, meter: 'ev' },
      ],
      width: 5,
      minutes: 60,
      lineNumbers: [2, 3],
    })
  })

  it('recognises London data: a meter a file, named by it', async () => {
    const lines = [LONDON, '2011-12-10 00:00:00,0.082', '2011-12-10 00:30:00,0.03']
    const columns = [{ index: 1, meter: 'MAC000060' }]
    expect(await open(lines)).toEqual({ format: 'london', columns, width: 2, minutes: 30, lineNumbers: [2, 3] })
    expect(await open(lines, { meter: '87000001' })).toMatchObject({ columns: [{ index: 1, meter: '87000001' }] })
  })

  it('takes the name of the only column, unless another one is given', async () => {
    const lines = ['utc_timestamp,pv', '2015-10-04T01:00:00Z,1']
    expect((await open(lines)).columns).toEqual([{ index: 1, meter: 'pv' }])
    expect((await open(lines, { meter: '87000001' })).columns).toEqual([{ index: 1, meter: '87000001' }])
  })

  it('takes the format from the caller where the header does not tell, or is not there', async () => {
    expect(await open(['time,kWh', '2011-12-10 00:00,1'], { format: 'london' })).toMatchObject({
      columns: [{ meter: 'MAC000060' }],
      lineNumbers: [2],
    })
    expect(await open(['2011-12-10 00:00,1', '2011-12-10 00:30,1'], { format: 'london' })).toMatchObject({
      lineNumbers: [1, 2],
    })
    expect(await open(['when,pv', '2011-12-10 00:00,1'], { format: 'household' })).toMatchObject({
      columns: [{ meter: 'pv' }],
    })
  })

  it.each([
    [15, ['00:00', '00:15', '00:30', '02:30']],
    [30, ['00:00', '00:30', '00:45', '01:15', '01:45']],
    [60, ['00:00', 'nonsense', '00:07', '01:07', '02:07']],
    [60, ['00:00']],
  ])('sees that most readings are %i minutes apart', async (minutes, times) => {
    const lines = ['utc_timestamp,pv', ...times.map((time) => `2015-10-04T${time}:00Z,1`)]
    expect((await open(lines)).minutes).toBe(minutes)
  })

  it.each([
    ['an unknown header', ['time,kWh', '1,2'], {}, /--format: .*household, london/],
    ['an unknown format', [LONDON], { format: 'paris' }, /"paris" must be one of household, london/],
    ['an empty file', [''], {}, /no readable header/],
    ['a header with a stray quote', ['utc_timestamp,"pv'], {}, /no readable header/],
    ['no column of values', ['utc_timestamp,cet_cest_timestamp,interpolated_values'], {}, /has no column of values/],
    ['one column where the format has two', ['kWh'], { format: 'london' }, /has no column of values/],
    ['registers without a header', ['2015-10-04T01:00:00Z,1'], { format: 'household' }, /has no header/],
    ['one id for several meters', [HOUSEHOLD], { meter: '87000001' }, /--meter: .* contains 2 meters/],
  ])('refuses %s', async (_, lines, options, message) => {
    const opened = open(lines, options)
    await expect(opened).rejects.toThrow(InvalidConfiguration)
    await expect(opened).rejects.toThrow(message)
  })
})
