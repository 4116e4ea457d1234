import { expect, it } from 'vitest'
import { InvalidCommand } from '../../../../src/core/errors/index.ts'
import type { MetricsAnswer } from '../../../../src/dashboard/contract/requests.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openApi } from './support.ts'

it('silences for so many minutes, under the name of who did it', async () => {
  const set: unknown[] = []
  const api = openApi({
    clock: manualClock(Date.UTC(2026, 0, 1)),
    operations: {
      silence: async (silence) => {
        set.push(silence)
        return 'id-1'
      },
      endSilence: async (...args) => void set.push(args),
    },
  })
  const body = { matchers: { rule: 'LagHigh', subject: 'sums:*', unknown: 'ignored' }, minutes: 90, reason: 'Import' }
  expect(await api.post('silences', { body })).toEqual({ id: 'id-1' })
  expect(await api.post('silences/id-1/end', { who: 'Grace' })).toEqual({ done: true })
  expect(set).toEqual([
    {
      matchers: { rule: 'LagHigh', subject: 'sums:*' },
      by: 'Ada',
      reason: 'Import',
      until: '2026-01-01T01:30:00.000Z',
    },
    ['id-1', 'Grace'],
  ])
  expect(api.acts).toEqual([
    { who: 'Ada', what: 'silence', subject: 'rule=LagHigh subject=sums:*', dryRun: false, outcome: 'done' },
    { who: 'Grace', what: 'endSilence', subject: 'id-1', dryRun: false, outcome: 'done' },
  ])
})

it.each([
  undefined,
  [],
  { minutes: 1, reason: 'r' },
  { matchers: {}, minutes: 1, reason: 'r' },
  { matchers: { severity: 'mild' }, minutes: 1, reason: 'r' },
  { matchers: { rule: '' }, minutes: 1, reason: 'r' },
  { matchers: { rule: 'LagHigh' }, minutes: 0, reason: 'r' },
  { matchers: { rule: 'LagHigh' }, minutes: 1e9, reason: 'r' },
  { matchers: { rule: 'LagHigh' }, minutes: '5', reason: 'r' },
  { matchers: { rule: 'LagHigh' }, minutes: 5, reason: ' ' },
])('refuses the silence %j', async (body) => {
  await expect(openApi().post('silences', { body })).rejects.toMatchObject({ code: 'InvalidOption' })
})

it('records what an operation refused', async () => {
  const api = openApi({
    operations: {
      endSilence: async () => {
        throw new InvalidCommand('It has ended')
      },
    },
  })
  await expect(api.post('silences/id-1/end')).rejects.toThrow(InvalidCommand)
  expect(api.acts).toMatchObject([{ what: 'endSilence', outcome: 'InvalidCommand' }])
})

it('pages through the activity', async () => {
  const asked: unknown[] = []
  const { get } = openApi({
    operations: {
      activity: async (options) => {
        asked.push(options)
        return { rows: [], next: 'next' }
      },
    },
  })
  expect(await get('activity?before=b&limit=7')).toEqual({ activity: [], next: 'next' })
  expect(asked).toEqual([{ before: 'b', limit: 7 }])
  await expect(get('activity?limit=0')).rejects.toMatchObject({ code: 'InvalidOption' })
})

it('reads the newest points of the series that there are', async () => {
  const values = Array.from({ length: 5_000 }, (_, i) => i)
  const { get } = openApi({
    operations: {
      history: {
        names: () => ['ping', 'behind{sums:1}'],
        add: () => {},
        read: (_name, from, step) => ({ from, step, average: values, maximum: values }),
      },
    },
  })
  const answer = (await get(
    `metrics?series=ping,unknown,${encodeURIComponent('behind{sums:1}')}&from=1000&step=2`,
  )) as MetricsAnswer
  expect(Object.keys(answer.series)).toEqual(['ping', 'behind{sums:1}'])
  expect(answer.series.ping?.average).toHaveLength(3_000)
  expect(answer.series.ping?.average[0]).toBe(2_000)
  expect(answer).toMatchObject({ from: 1_000 + 2_000 * 2_000, step: 2 })
  expect(await get('metrics?series=unknown&from=5')).toEqual({ from: 5, step: 1, series: {} })
})

it.each([
  'metrics',
  'metrics?series=ping',
  'metrics?series=ping&from=x',
  'metrics?series=ping&from=0&step=0',
  `metrics?from=0&series=${Array.from({ length: 21 }, (_, i) => `s${i}`).join(',')}`,
])('refuses %s', async (path) => {
  await expect(openApi().get(path)).rejects.toMatchObject({ code: 'InvalidOption' })
})
