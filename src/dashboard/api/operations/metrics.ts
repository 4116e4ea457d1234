import { InvalidOption } from '../../../core/errors/input.ts'
import type { MetricsAnswer } from '../../contract/requests.ts'
import { requiredText, wholeNumberOf } from '../input/query.ts'
import { readRoute } from '../read-route.ts'

const MOST_SERIES = 20
const MOST_POINTS = 3_000
const DAY = 86_400

export const metricsRoute = readRoute('metrics', async ({ query }, { operations }): Promise<MetricsAnswer> => {
  const names = [...new Set(requiredText(query, 'series').split(','))]
  if (names.length > MOST_SERIES) throw new InvalidOption('series', `at most ${MOST_SERIES} names`, names)
  const from = wholeNumberOf(query, 'from', { least: 0 })
  if (from === undefined) throw new InvalidOption('from', 'milliseconds since 1970', from)
  const step = wholeNumberOf(query, 'step', { least: 1, most: DAY }) ?? 1
  const { history } = operations
  const known = new Set(history.names())
  const found = names.filter((name) => known.has(name)).map((name) => [name, history.read(name, from, step)] as const)
  const first = found[0]?.[1]
  if (first === undefined) return { from, step, series: {} }
  const dropped = Math.max(0, first.average.length - MOST_POINTS)
  return {
    from: first.from + dropped * first.step * 1_000,
    step: first.step,
    series: Object.fromEntries(
      found.map(([name, { average, maximum }]) => [
        name,
        { average: average.slice(dropped), maximum: maximum.slice(dropped) },
      ]),
    ),
  }
})
