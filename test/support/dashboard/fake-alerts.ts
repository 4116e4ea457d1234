import type { Topics } from '../../../src/dashboard/contract/topics.ts'
import type { Incident } from '../../../src/operations/model/incident.ts'
import { RULES } from './fake-rules.ts'

const MINUTE = 60_000
const iso = (now: number, ago: number) => new Date(now - ago).toISOString()

const STALLED = 'RangeStalled/range/meter-overview:3 6000-8000'
const LOST = 'InstanceLost/instance/b:72'

export function alerts(now: number): Topics['alerts'] {
  const rows: Topics['alerts'][string][] = [
    {
      fingerprint: STALLED,
      rule: 'RangeStalled',
      subject: { kind: 'range', id: 'meter-overview:3 6000-8000' },
      state: 'firing',
      severity: 'critical',
      message: 'meter-overview v3 has not moved on range 6000-8000 for 18 min: EventSchemaTooNew',
      startedAt: iso(now, 18 * MINUTE),
      changedAt: iso(now, 18 * MINUTE),
      resolvedAt: null,
      incident: 'inc-7',
      silenced: false,
      runbook: '#/alerts?runbook=RangeStalled',
    },
    {
      fingerprint: LOST,
      rule: 'InstanceLost',
      subject: { kind: 'instance', id: 'b:72' },
      state: 'firing',
      severity: 'warning',
      message: 'Worker b:72 has not been seen for 61 s and did not say goodbye <b>loudly</b>',
      startedAt: iso(now, MINUTE),
      changedAt: iso(now, MINUTE),
      resolvedAt: null,
      incident: 'inc-7',
      silenced: false,
      runbook: '#/alerts?runbook=InstanceLost',
    },
    {
      fingerprint: 'EventLoop/instance/a:71',
      rule: 'EventLoop',
      subject: { kind: 'instance', id: 'a:71' },
      state: 'flapping',
      severity: 'warning',
      message: 'The event loop of a:71 is delayed by 240 ms at p99',
      startedAt: iso(now, 52 * MINUTE),
      changedAt: iso(now, 3 * MINUTE),
      resolvedAt: null,
      incident: null,
      silenced: true,
      runbook: '#/alerts?runbook=EventLoop',
    },
  ]
  return Object.fromEntries(rows.map((row) => [row.fingerprint, row]))
}

export function pending(now: number): Topics['pending'] {
  const fingerprint = 'LagHigh/projection/meter-overview:3'
  return {
    [fingerprint]: {
      fingerprint,
      rule: 'LagHigh',
      subject: { kind: 'projection', id: 'meter-overview:3' },
      severity: 'warning',
      message: 'The oldest event has waited 72 s for meter-overview v3',
      since: iso(now, 2 * MINUTE),
      firesAt: iso(now, -3 * MINUTE),
    },
  }
}

export function silences(now: number): Topics['silences'] {
  return {
    's-1': {
      id: 's-1',
      matchers: { rule: 'EventLoop', subject: 'a:*' },
      by: 'ada',
      reason: 'The import runs until five',
      since: iso(now, 40 * MINUTE),
      until: iso(now, -80 * MINUTE),
      endedAt: null,
    },
  }
}

export function rules(): Topics['rules'] {
  const firing: { readonly [rule: string]: number } = { RangeStalled: 1, InstanceLost: 1, EventLoop: 1 }
  return Object.fromEntries(
    RULES.map(([rule, description, fires, clears, severity]) => [
      rule,
      {
        rule,
        description,
        fires,
        clears,
        severity,
        state: rule in firing ? 'firing' : rule === 'LagHigh' ? 'pending' : rule === 'Throttled' ? 'unknown' : 'quiet',
        wouldFire: firing[rule] ?? (rule === 'LagHigh' ? 1 : 0),
        unknown: rule === 'Throttled' ? 1 : 0,
        runbook: `#/alerts?runbook=${rule}`,
      },
    ]),
  )
}

/** The incident with all that happened to it. */
export function incident(now: number): Incident {
  return {
    id: 'inc-7',
    title: 'meter-overview v3 has not moved on range 6000-8000: EventSchemaTooNew',
    severity: 'critical',
    state: 'open',
    openedAt: iso(now, 18 * MINUTE),
    resolvedAt: null,
    acknowledgedBy: null,
    alerts: Object.values(alerts(now)).slice(0, 2),
    timeline: [
      { type: 'Opened', at: iso(now, 18 * MINUTE) },
      {
        type: 'AlertJoined',
        at: iso(now, 18 * MINUTE),
        fingerprint: STALLED,
        message: 'Range 6000-8000 has not moved for 1 min',
      },
      {
        type: 'AlertEscalated',
        at: iso(now, 9 * MINUTE),
        fingerprint: STALLED,
        message: 'It has not moved for 10 min',
      },
      {
        type: 'NoteAdded',
        at: iso(now, 5 * MINUTE),
        by: 'ada',
        note: 'Release 1.18.3 is on its way.\n<i>Do not</i> drop the sequence.',
      },
      { type: 'AlertJoined', at: iso(now, MINUTE), fingerprint: LOST, message: 'Worker b:72 was lost' },
    ],
  }
}

/** The incidents of the past. */
export function pastIncidents(now: number): Incident[] {
  return Array.from({ length: 4 }, (_, i) => ({
    ...incident(now),
    id: `inc-${6 - i}`,
    title:
      ['The disk was nearly full', '<script>alert(1)</script>', 'Worker a:64 was lost', 'invoices v1 fell behind'][i] ??
      '',
    severity: i % 2 === 0 ? 'warning' : 'critical',
    state: 'resolved',
    openedAt: iso(now, (i + 1) * 31 * 60 * MINUTE),
    resolvedAt: iso(now, (i + 1) * 31 * 60 * MINUTE - (17 + 40 * i) * MINUTE),
    acknowledgedBy: i === 0 ? 'ada' : null,
    timeline: [{ type: 'Opened', at: iso(now, (i + 1) * 31 * 60 * MINUTE) }],
  }))
}

export function incidents(now: number): Topics['incidents'] {
  const { timeline: _, ...row } = incident(now)
  return { [row.id]: row }
}
