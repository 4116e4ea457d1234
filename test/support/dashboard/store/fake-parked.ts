import type {
  DiffLine,
  ParkedAnswer,
  ParkedListAnswer,
  ReplayAnswer,
} from '../../../../src/dashboard/contract/requests.ts'
import type { Tables } from '../fake-tables.ts'
import { HUGE, payload } from './fake-payloads.ts'

const BEFORE = { meter: 'EM-1', readings: 16, last: { value: 1204.5, at: '2026-11-29' }, tariff: 'night' }
const AFTER = {
  meter: 'EM-1',
  readings: 18,
  last: { value: 1219, at: '2026-11-30' },
  alarms: ['<b>over limit</b>\u202e'],
}

const DIFF: readonly DiffLine[] = [
  { op: 'add', path: '/alarms', after: '["<b>over limit</b>\u202e"]' },
  { op: 'change', path: '/last/at', before: '"2026-11-29"', after: '"2026-11-30"' },
  { op: 'change', path: '/last/value', before: '1204.5', after: '1219' },
  { op: 'change', path: '/readings', before: '16', after: '18' },
  { op: 'remove', path: '/tariff', before: '"night"' },
  { op: 'more', path: '', count: 12 },
]

const FURTHER = ['meter-EM-7', 'meter-EM-8', 'meter-EM-9']

/** `GET parked?projection=&version=&after=`: two at a time, of those that the topic does not contain. */
export function parkedList({ parked }: Tables, query: URLSearchParams): ParkedListAnswer {
  const [first] = Object.values(parked)
  const keys = FURTHER.filter((key) => key > (query.get('after') ?? ''))
  const page = first === undefined ? [] : keys.slice(0, 2).map((key) => ({ ...first, key }))
  return { parked: page, next: keys.length > 2 ? (page.at(-1)?.key ?? null) : null }
}

/** `GET parked/<projection>/<version>/<key>` */
export function parkedAnswer(tables: Tables, path: readonly string[]): ParkedAnswer | undefined {
  const [, projection, version, key] = path
  const row = tables.parked[`${projection}:${version} ${key}`]
  if (row === undefined) return undefined
  const { streamId, version: first } = row.event
  return {
    ...row,
    event: { ...row.event, type: 'MeterRead', erased: false },
    document: row.waiting === 3 ? HUGE : payload({ type: 'MeterRead', data: { value: 1219, unit: 'kWh' } }),
    view: payload(BEFORE),
    waiting: Array.from({ length: row.waiting + 1 }, (_, i) => ({ streamId, version: first + i })),
    moreWaiting: row.waiting > 5,
  }
}

/** `POST parked/<projection>/<version>/<key>/replay` and `/drop` */
export function replayAnswer(
  path: readonly string[],
  body: { readonly dryRun?: boolean; readonly all?: boolean },
): ReplayAnswer {
  const isDrop = path[4] === 'drop'
  const dropped = isDrop ? (body.all === true ? 3 : 1) : 0
  return {
    dryRun: body.dryRun === true,
    folded: isDrop ? 0 : 2,
    dropped,
    left: 0,
    error: null,
    before: payload(BEFORE),
    after: payload(isDrop ? BEFORE : AFTER),
    diff: isDrop ? [] : DIFF,
  }
}
