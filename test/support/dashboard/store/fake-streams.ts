import type {
  CausationAnswer,
  StateAnswer,
  StreamAnswer,
  StreamEvent,
  StreamEventsAnswer,
  StreamsAnswer,
} from '../../../../src/dashboard/contract/requests.ts'
import { HOSTILE } from '../fake-tables.ts'
import { HUGE, payload } from './fake-payloads.ts'

const HEAD = 120

/** `GET streams?…`, `streams/<id>`, `streams/<id>/events` and `streams/<id>/state` */
export function streamsAnswer(path: readonly string[], query: URLSearchParams): unknown {
  const [, id, part] = path
  if (id === undefined) return list(query)
  if (id === 'missing') return undefined
  if (part === 'events') return events(id, query)
  return part === 'state' ? stateAnswer(query.get('fold') ?? '', versionIn(query)) : head(id)
}

/** `GET causation?id=` */
export const causationAnswer = (query: URLSearchParams): CausationAnswer => ({
  events: Array.from({ length: 4 }, (_, i) => ({
    streamId: `meter:EM-${i + 1}`,
    version: 40 + i,
    type: i === 2 ? HOSTILE.markup : 'MeterRead',
    id: i === 1 ? (query.get('id') ?? '') : `other-${i}`,
    recordedAt: at(40 + i),
    causationId: i === 0 ? null : `other-${i - 1}`,
  })),
  cut: true,
})

/** The state after a version: what it counts grows with it. */
function stateAnswer(fold: string, version: number): StateAnswer {
  const state = (after: number) => ({
    meter: 'EM-1',
    readings: after,
    value: after * 12.5,
    alarms: after > 60 ? ['high'] : [],
  })
  return {
    fold,
    version,
    head: HEAD,
    event: event(version),
    before: version > 1 ? payload(state(version - 1)) : null,
    after: payload(state(version)),
    diff: [
      { op: 'change', path: '/readings', before: String(version - 1), after: String(version) },
      { op: 'change', path: '/value', before: String((version - 1) * 12.5), after: String(version * 12.5) },
    ],
    error:
      version === 13
        ? { code: 'EventSchemaTooNew', message: 'Version 13 has schema 4, and this release knows 3.' }
        : null,
  }
}

const at = (version: number) => new Date(Date.UTC(2026, 10, 30, 8, 0, version)).toISOString()

function versionIn(query: URLSearchParams): number {
  const time = query.get('at')
  if (time === null) return Number(query.get('version') ?? HEAD)
  return Math.min(HEAD, Math.max(1, Math.floor((Date.parse(time) - Date.UTC(2026, 10, 30, 8)) / 1000)))
}

const head = (streamId: string): StreamAnswer => ({
  streamId,
  version: HEAD,
  deleted: streamId === 'gone',
  folds:
    streamId === 'plain'
      ? []
      : [
          { kind: 'aggregate', name: 'meter', version: null },
          { kind: 'projection', name: 'meter-overview', version: 3 },
        ],
})

function list(query: URLSearchParams): StreamsAnswer {
  const from = Number(query.get('after') ?? 0)
  const prefix = query.get('prefix') ?? `${query.get('category') ?? 'meter'}:`
  if (prefix === 'none') return { streams: [], next: null }
  const streams = Array.from({ length: 30 }, (_, i) => ({
    streamId: `${prefix}EM-${from + i}`,
    version: i % 4 ? i : null,
  }))
  return {
    streams: [...streams, { streamId: `${prefix}${HOSTILE.rightToLeft}`, version: 1 }],
    next: from < 90 ? `${from + 30}` : null,
  }
}

function events(streamId: string, query: URLSearchParams): StreamEventsAnswer {
  const limit = Number(query.get('limit') ?? 25)
  const newest = Math.min(HEAD, Number(query.get('before') ?? HEAD + 1) - 1)
  const count = Math.max(0, Math.min(limit, newest))
  const next = newest - count + 1
  return {
    events: Array.from({ length: count }, (_, i) => event(newest - i, streamId)),
    next: next > 1 ? next : null,
  }
}

function event(version: number, streamId = 'meter:EM-1'): StreamEvent {
  const isHostile = version === HEAD - 1
  return {
    id: `01JDT5W2V8-${version}`,
    version,
    type: isHostile ? HOSTILE.markup : version === 1 ? 'MeterRegistered' : 'MeterRead',
    schemaVersion: version === 13 ? 4 : null,
    recordedAt: at(version),
    occurredAt: null,
    correlationId: isHostile ? HOSTILE.invisible : `import-${version % 5}`,
    causationId: version > 1 ? `01JDT5W2V8-${version - 1}` : null,
    cause: version > 1 ? { streamId, version: version - 1 } : null,
    data:
      version === HEAD - 2
        ? HUGE
        : payload({ value: version * 12.5, unit: 'kWh', note: isHostile ? HOSTILE : 'as read' }),
    metadata: payload({
      correlationId: `import-${version % 5}`,
      traceparent: `00-${'4bf92f35'.repeat(4)}-00f067aa0ba902b7-01`,
    }),
  }
}
