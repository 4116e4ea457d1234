import { SERIES } from '../../../src/dashboard/contract/series.ts'
import { incident, pastIncidents } from './fake-alerts.ts'
import type { Tables } from './fake-tables.ts'
import { parkedAnswer, parkedList } from './store/fake-parked.ts'
import { causationAnswer, streamsAnswer } from './store/fake-streams.ts'

/** What an answer may be made of. */
export type FakeRequest = {
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly tables: Tables
  readonly now: number
}

const STEPS = [
  'Open the projection, and read the error of the range.',
  'Deploy a release that knows the event, or park its sequence.',
  'Watch the range until it has caught up.',
]

/** Answers by the first part of the path; a function returns undefined for what does not exist. */
export const ANSWERS: { readonly [name: string]: (request: FakeRequest) => unknown } = {
  incidents: ({ path: [, id], now }) => {
    const all = [incident(now), ...pastIncidents(now)]
    if (id === undefined) return { incidents: all.map(({ timeline: _, ...row }) => row), next: null }
    const found = all.find((one) => one.id === id)
    if (found === undefined) return undefined
    const runbooks = [
      {
        rule: 'RangeStalled',
        title: 'A range makes no progress',
        steps: STEPS,
        href: '#/projections/meter-overview/3',
      },
      { rule: 'InstanceLost', title: 'A process was lost', steps: STEPS.slice(1), href: '#/overview' },
    ]
    return { ...found, runbooks, series: ['oldest', 'behind', 'folded'] }
  },
  activity: ({ query, tables }) => {
    const rows = Object.values(tables.activity)
    const before = query.get('before')
    if (before === null) return { activity: rows, next: rows.at(-1)?.id ?? null }
    const older = rows.map((row, i) => ({
      ...row,
      id: `old-${i}`,
      at: new Date(Date.parse(row.at) - 30 * 86_400_000).toISOString(),
    }))
    return { activity: before.startsWith('old') ? [] : older, next: null }
  },
  metrics: ({ query, now }) => metrics(query, now),
  parked: ({ path, query, tables }) => (path.length === 1 ? parkedList(tables, query) : parkedAnswer(tables, path)),
  streams: ({ path, query }) => streamsAnswer(path, query),
  causation: ({ query }) => causationAnswer(query),
}

function metrics(query: URLSearchParams, now: number) {
  const from = Number(query.get('from'))
  const step = Number(query.get('step'))
  const length = Math.max(1, Math.floor((now - from) / 1000 / step))
  const names = (query.get('series') ?? '').split(',').filter((name) => name in SERIES)
  const series = Object.fromEntries(
    names.map((name) => {
      const average = Array.from({ length }, (_, i) => fakeValue(name, from + i * step * 1000))
      return [name, { average, maximum: average.map((value) => (value === null ? null : value * 1.3)) }]
    }),
  )
  return { from, step, series }
}

const LEVELS: { readonly [name: string]: readonly [level: number, swing: number] } = {
  appended: [1240, 300],
  folded: [1190, 350],
  bytes: [420_000, 90_000],
  oldest: [20_000, 22_000],
  behind: [900, 950],
  appendConflicts: [0.04, 0.03],
  viewConflicts: [0.02, 0.02],
  failedRequests: [0.001, 0.001],
  throttled: [0.01, 0.01],
  requests: [310, 80],
  requestUnits: [2100, 500],
  parked: [3, 0],
  cpu: [0.6, 0.2],
  memory: [420e6, 30e6],
  diskFree: [58e9, 1e9],
  ping: [0.9, 0.4],
}

/** A wave with noise, and a gap of a minute in each half hour; the same for the same time. */
export function fakeValue(name: string, t: number): number | null {
  if (Math.floor(t / 60_000) % 30 === 7) return null
  const [level, swing] = LEVELS[name] ?? [name.endsWith('p99') ? 9 : name.endsWith('p95') ? 5 : 2, 1]
  const noise = Math.abs(Math.sin(t * 12.9898) * 43758.5453) % 1
  return Math.max(0, level + swing * (0.7 * Math.sin(t / 97_000) + 0.6 * (noise - 0.5)))
}
