import type { TopicName, Topics } from '../../../src/dashboard/contract/topics.ts'
import { alerts, incidents, pending, rules, silences } from './fake-alerts.ts'
import { ranges } from './fake-ranges.ts'

export type Tables = { -readonly [T in TopicName]: Topics[T] }

/** Texts that break pages which take them for markup, for a script or for short. */
export const HOSTILE = {
  markup: '<script>alert(1)</script><img src=x onerror=alert(2)>',
  link: 'javascript:alert(3)',
  rightToLeft: 'order-\u202e\u2066gnp.exe\u2069',
  invisible: 'a\u200bb\u0000c\u0007d\ne\tf',
  long: 'x'.repeat(3000),
} as const

const MINUTE = 60_000
const iso = (now: number, ago = 0) => new Date(now - ago).toISOString()

/** What a system shows in which one projection is stalled, and one worker is lost. */
export function degradedTables(now: number, rangeCount: number): Tables {
  return {
    overview: { now: overview(now) },
    instances: instances(now),
    projections: projections(rangeCount),
    ranges: ranges(now, rangeCount),
    parked: parked(now),
    alerts: alerts(now),
    pending: pending(now),
    rules: rules(),
    silences: silences(now),
    incidents: incidents(now),
    activity: activity(now),
    storage: { storage: storage() },
    recent: recent(now),
    integrity: {
      chain: {
        size: 1_203_441,
        sealedTo: iso(now, 2000),
        headAt: iso(now, 4000),
        anchored: [
          { anchor: 's3:heads', size: 1_203_400, at: iso(now, 2 * MINUTE), error: null },
          {
            anchor: 'file:/mnt/heads',
            size: 1_201_000,
            at: iso(now, 190 * MINUTE),
            error: { code: 'AnchorUnavailable', message: 'The folder could not be written.' },
          },
        ],
        state: 'ok',
        detail: 'The chain is sealed up to the newest event.',
      },
    },
    privacy: {
      vault: {
        state: 'late',
        forgotten: 41,
        pending: 2,
        lateSince: iso(now, 50 * MINUTE),
        detail: 'Two requests wait.',
      },
    },
    domainRules: {
      'status:2': {
        name: 'status',
        version: 2,
        on: 'ProductAdded',
        projection: 'rules-status',
        behind: 0,
        parked: 0,
        state: 'idle',
      },
    },
  }
}

/** What a system shows of which nothing is known yet. */
export function unknownTables(now: number): Tables {
  const none = degradedTables(now, 0)
  const counts = { incidents: null, alerts: null, parked: null, moreParked: false, workers: null }
  return {
    ...none,
    overview: {
      now: {
        verdict: 'unknown',
        reason: 'The storage has not answered yet, so nothing is known of projections and workers',
        advice: { text: 'Look at the storage', href: '#/storage' },
        counts,
        lag: { behind: null, oldestAge: null },
        budgets: [],
        availability: [],
      },
    },
    instances: {},
    projections: {},
    parked: {},
    alerts: {},
    pending: {},
    silences: {},
    incidents: {},
    activity: {},
    recent: {},
  }
}

/** What a system shows in which everything is as it should be. */
export function healthyTables(now: number, rangeCount: number): Tables {
  const all = degradedTables(now, rangeCount)
  const counts = { incidents: 0, alerts: 0, parked: 0, moreParked: false, workers: 3, events: 1_203_441 }
  return {
    ...all,
    overview: {
      now: {
        ...overview(now),
        verdict: 'healthy',
        reason: 'All projections keep up, and all workers respond',
        advice: null,
        counts,
      },
    },
    parked: {},
    alerts: {},
    pending: {},
    silences: {},
    incidents: {},
  }
}

function overview(now: number): Topics['overview'][string] {
  const day = (ago: number) => iso(now, ago * 86_400_000).slice(0, 10)
  const days = (bad: readonly number[], gaps: readonly number[]) =>
    Array.from({ length: 30 }, (_, i) => {
      const ago = 29 - i
      return { day: day(ago), ratio: gaps.includes(ago) ? null : bad.includes(ago) ? 0.962 : 1 }
    })
  return {
    verdict: 'degraded',
    reason: 'meter-overview v3 is stalled on 1 of 8 ranges: EventSchemaTooNew',
    advice: {
      text: 'Deploy a release that knows the event, or replay it after that',
      href: '#/projections/meter-overview/3',
    },
    counts: { incidents: 1, alerts: 3, parked: 6, moreParked: false, workers: 2 },
    lag: { behind: 1840, oldestAge: 42_000 },
    budgets: [
      { objective: 'freshness', target: 0.999, left: 0.61, windowDays: 30 },
      { objective: 'api', target: 0.999, left: 0.93, windowDays: 30 },
    ],
    availability: [
      { service: 'api', ratio: 0.9998, days: days([4], [17, 18]) },
      { service: 'worker', ratio: 0.9991, days: days([0, 11], [22, 23, 24, 25, 26, 27, 28, 29]) },
    ],
  }
}

function instances(now: number): Topics['instances'] {
  const base = { service: 'worker', release: '1.18.2', cpu: 0.21, delay: 11, memory: 182e6, skew: 3 }
  return {
    'a:71': {
      ...base,
      id: 'a:71',
      kind: 'worker',
      state: 'running',
      host: 'a',
      pid: 71,
      startedAt: iso(now, 7 * 3_600_000),
      seenAt: iso(now, 900),
      ranges: 5,
    },
    'b:72': {
      ...base,
      id: 'b:72',
      kind: 'worker',
      state: 'lost',
      host: 'b',
      pid: 72,
      startedAt: iso(now, 7 * 3_600_000),
      seenAt: iso(now, 61_000),
      ranges: 0,
      cpu: null,
      delay: null,
      memory: null,
      skew: null,
    },
    'c:11': {
      ...base,
      id: 'c:11',
      kind: 'api',
      service: 'api',
      state: 'running',
      host: HOSTILE.rightToLeft,
      pid: 11,
      startedAt: iso(now, 26 * 3_600_000),
      seenAt: iso(now, 2900),
      ranges: null,
      cpu: 0.34,
      release: HOSTILE.markup,
    },
    'd:12': {
      ...base,
      id: 'd:12',
      kind: 'dashboard',
      service: 'dashboard',
      state: 'running',
      host: 'a',
      pid: 12,
      startedAt: iso(now, 2 * 3_600_000),
      seenAt: iso(now, 400),
      ranges: null,
      cpu: 0.02,
    },
  }
}

function projections(rangeCount: number): Topics['projections'] {
  const base = {
    kind: 'projection',
    role: 'active',
    paused: null,
    left: null,
    moreParked: false,
    error: null,
    loaded: true,
  } as const
  return {
    'meter-overview:3': {
      ...base,
      projection: 'meter-overview',
      version: 3,
      behind: 1840,
      oldestAge: 42_000,
      rate: 310,
      parked: 5,
      state: 'stalled',
      states: { idle: 7, stalled: 1 },
      owners: ['a:71', 'b:72'],
      error: { code: 'EventSchemaTooNew', message: 'MeterRead has schema 4, and this release knows 3.' },
    },
    'invoices:1': {
      ...base,
      projection: 'invoices',
      version: 1,
      behind: 0,
      oldestAge: 0,
      rate: 12,
      parked: 1,
      state: 'idle',
      states: { idle: rangeCount },
      owners: ['a:71'],
    },
    'invoices:2': {
      ...base,
      projection: 'invoices',
      version: 2,
      role: 'building',
      behind: 402_100,
      oldestAge: 86_400_000 * 90,
      rate: 5200,
      left: 77_000,
      parked: 0,
      state: 'working',
      states: { working: 6, idle: 2 },
      owners: ['a:71'],
    },
    'mail:1': {
      ...base,
      projection: 'mail',
      version: 1,
      kind: 'reaction',
      behind: 14,
      oldestAge: 8000,
      rate: 0,
      parked: 0,
      state: 'waiting',
      states: { waiting: 1 },
      owners: ['a:71'],
      error: { code: 'DestinationUnavailable', message: 'smtp.example.com refused the connection.' },
    },
    [`${HOSTILE.markup}:1`]: {
      ...base,
      projection: HOSTILE.markup,
      version: 1,
      role: 'old',
      kind: 'unknown',
      behind: null,
      oldestAge: null,
      rate: null,
      parked: null,
      state: 'unowned',
      states: { unowned: 1 },
      owners: [],
      loaded: false,
    },
  }
}

function parked(now: number): Topics['parked'] {
  const rows = [
    ['meter-overview', 3, 'meter-EM-1'],
    ['meter-overview', 3, HOSTILE.markup],
    ['invoices', 1, HOSTILE.invisible],
  ] as const
  return Object.fromEntries(
    rows.map(([projection, version, key], i) => [
      `${projection}:${version} ${key}`,
      {
        projection,
        version,
        key,
        since: iso(now, (i + 1) * 41 * MINUTE),
        attempts: 5,
        error: {
          code: 'HandlerFailed',
          message: i === 1 ? HOSTILE.long : 'Cannot read the reading of an unknown meter.',
        },
        event: { streamId: `meter-EM-${i + 1}`, version: 17 + i },
        waiting: 3 * i,
      },
    ]),
  )
}

function activity(now: number): Topics['activity'] {
  const rows = [
    ['InstanceLost', 'b:72', 'Worker b:72 was lost: its lease ended and it had not said goodbye', null, MINUTE],
    ['OperatorActed', 'invoices:1 7', 'Replayed sequence 7 of invoices v1: done', 'ada', 20 * MINUTE],
    ['RebuildStarted', 'invoices:2', 'invoices v2 began to be built', null, 44 * MINUTE],
    ['ServiceUpdated', 'api', 'api went from 1.18.1 to 1.18.2', null, 26 * 60 * MINUTE],
    ['InstanceStarted', 'c:11', `API c:11 started ${HOSTILE.markup}`, null, 26 * 60 * MINUTE + 100],
  ] as const
  return Object.fromEntries(
    rows.map(([type, subject, text, by, ago], i) => [
      `act-${100 - i}`,
      { id: `act-${100 - i}`, type, at: iso(now, ago), subject, text, by },
    ]),
  )
}

function storage(): Topics['storage'][string] {
  return {
    kind: 'file',
    ok: true,
    ping: 0.8,
    error: null,
    incarnation: '01JDT5W2V8',
    bytes: 4.2e9,
    disk: { free: 58e9, total: 200e9 },
    files: [
      { name: 'partition-0.sqlite', bytes: 2.1e9, walBytes: 12e6 },
      { name: 'partition-1.sqlite', bytes: 2.1e9, walBytes: 3e6 },
    ],
    ranges: 8,
    watching: { readsPerMinute: 420, requestUnitsPerMinute: null, everyMs: 1000 },
    ops: { kind: 'file', error: null, bytes: 2.4e6 },
  }
}

function recent(now: number): Topics['recent'] {
  return Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => {
      const row = {
        streamId: `meter-EM-${i % 7}`,
        version: 90 - i,
        type: i === 3 ? HOSTILE.markup : 'MeterRead',
        id: `01JDT5W2V8-${i}`,
        recordedAt: iso(now, i * 300),
      }
      return [`${row.streamId}@${row.version}`, row]
    }),
  )
}
