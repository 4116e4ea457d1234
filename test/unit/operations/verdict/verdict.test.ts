import { expect, it } from 'vitest'
import type { Alert, RuleName, Subject } from '../../../../src/operations/model/alert.ts'
import type { Snapshot } from '../../../../src/operations/model/snapshot.ts'
import { verdictOf } from '../../../../src/operations/verdict/verdict.ts'
import { withOps } from '../../../../src/operations/verdict/with-ops.ts'
import { failing, healthy, iso, NOON, range, SECOND, storage, version } from '../alerts/support/snapshots.ts'

const alert = (rule: RuleName, subject: Subject, rest: Partial<Alert> = {}): Alert => ({
  fingerprint: `${rule}/${subject.kind}/${subject.id}`,
  rule,
  subject,
  state: 'firing',
  severity: 'critical',
  message: `${rule} of ${subject.id}`,
  startedAt: iso(NOON),
  changedAt: iso(NOON),
  resolvedAt: null,
  incident: null,
  ...rest,
})

const upper = { min: '80', max: 'FF' }

const error = { code: 'EventSchemaTooNew', message: 'of ada@example.com', at: iso(NOON) }

const half = (state: 'idle' | 'stalled') =>
  version(NOON, {
    ranges: [range(NOON), range(NOON, { range: upper, state, owner: 'b', error })],
  })

const unowned = alert('RangeUnowned', { kind: 'range', id: 'meter-overview:3 80-FF' })

const judged = (parts: Partial<Snapshot>, alerts: readonly Alert[] = [], now = NOON) =>
  verdictOf({ ...healthy(NOON), ...parts }, alerts, now, SECOND)

it('a system in which everything makes progress is healthy', () => {
  expect(judged({})).toEqual({
    verdict: 'healthy',
    reason: 'Every range makes progress: 1 range of 1 projection',
    advice: null,
  })
})

it('nothing is known before the first look', () => {
  expect(verdictOf(null, [], NOON, SECOND)).toMatchObject({ verdict: 'unknown', advice: null })
})

it.each([3 * SECOND + 1, -3 * SECOND - 1])(
  'nothing is known when the last look is %d ms away, however well it was then',
  (age) => {
    const verdict = judged({}, [], NOON + age)
    expect(verdict).toEqual({ verdict: 'unknown', reason: 'The last look was 3 s ago', advice: null })
    expect(judged({}, [], NOON + 3 * SECOND).verdict).toBe('healthy')
  },
)

it.each<[string, Partial<Snapshot>]>([
  ['the storage was never reached', { storage: storage({ ok: null }) }],
  ['the versions cannot be read', { versions: null }],
  ['a ping failed and nothing could be read', { storage: failing(1), versions: null }],
  ['the workers cannot be read', { workers: null }],
])('nothing is known when %s', (_, parts) => {
  expect(judged(parts).verdict).toBe('unknown')
})

it('open alerts are counted when the rest is unknown', () => {
  expect(judged({ versions: null }, [unowned]).reason).toBe(
    'The state of the projections cannot be read; 1 alert is open',
  )
})

it('a system whose storage does not respond is down', () => {
  const outage = alert('StorageUnavailable', { kind: 'storage', id: 'file' })
  expect(judged({ storage: failing(3), versions: null }, [outage])).toEqual({
    verdict: 'down',
    reason: 'StorageUnavailable of file',
    advice: {
      text: 'Check that the database runs and can be reached. Everything resumes by itself.',
      href: '#/storage',
    },
  })
})

it('a stalled range is named at once, with its projection, its error, its owner and what to do', () => {
  expect(judged({ versions: [half('stalled')] })).toEqual({
    verdict: 'degraded',
    reason: 'meter-overview v3 is stalled on 1 of 2 ranges (owner b): EventSchemaTooNew',
    advice: {
      text: 'Start a worker of the release that writes these events.',
      href: '#/projections/meter-overview/3',
    },
  })
})

it('an error that is over is not named', () => {
  expect(judged({ versions: [half('idle')] }).verdict).toBe('healthy')
})

it('a range is only called unowned once its alert fires', () => {
  const versions = [half('idle')]
  expect(judged({ versions })).toMatchObject({ verdict: 'healthy' })
  expect(judged({ versions }, [unowned])).toEqual({
    verdict: 'degraded',
    reason: 'No worker owns 1 of 2 ranges of meter-overview v3',
    advice: {
      text: 'Start a worker that has this version of the projection.',
      href: '#/projections/meter-overview/3',
    },
  })
})

it('a system in which no range of any projection makes progress is down', () => {
  const first = alert('RangeUnowned', { kind: 'range', id: 'meter-overview:3 0-80' })
  expect(judged({ versions: [half('stalled')] }, [first]).verdict).toBe('down')
})

it('a projection whose name begins like another one is not blamed for it', () => {
  const versions = [half('idle'), { ...half('idle'), projection: 'meter-overview:3 x' }]
  expect(judged({ versions }, [unowned]).reason).toContain('of meter-overview v3')
})

it.each(['paused', 'old'] as const)('a stalled version that is %s does not count', (what) => {
  const stalled = half('stalled')
  const versions = [what === 'old' ? { ...stalled, role: what, active: false } : { ...stalled, paused: iso(NOON) }]
  expect(judged({ versions }).verdict).toBe('healthy')
})

it('of several alerts, the most severe and then the oldest is the reason', () => {
  const disk = alert('DiskNearlyFull', { kind: 'disk', id: 'file' }, { severity: 'warning', startedAt: iso(NOON - 9) })
  const lag = alert('LagHigh', { kind: 'projection', id: 'a b:2' }, { startedAt: iso(NOON - 1) })
  const late = alert('LagHigh', { kind: 'projection', id: 'c:1' })
  expect(judged({}, [disk, late, lag])).toEqual({
    verdict: 'degraded',
    reason: 'LagHigh of a b:2 (and 2 more alerts)',
    advice: {
      text: 'Look at the ranges of the projection. If the lag grows, add workers.',
      href: '#/projections/a%20b/2',
    },
  })
})

it('no message of an error is repeated, since it may contain values of events', () => {
  expect(JSON.stringify(judged({ versions: [half('stalled')] }))).not.toContain('ada')
})

it('nothing is healthy while alerts and incidents cannot be stored, and what else is wrong comes first', () => {
  const full = { error: { code: 'StorageFull', message: 'No space is left' } }
  expect(withOps(judged({}), { error: null })).toEqual(judged({}))
  expect(withOps(judged({}), full)).toEqual({
    verdict: 'degraded',
    reason: 'Alerts and incidents cannot be stored: StorageFull',
    advice: { text: expect.stringMatching(/^Make room on the disk/), href: '#/storage' },
  })
  const down = judged({ versions: null }, [alert('StorageUnavailable', { kind: 'storage', id: 'file' })])
  const reason = `${down.reason}. Alerts and incidents cannot be stored: StorageFull`
  expect(withOps(down, full)).toEqual({ ...down, reason })
})
