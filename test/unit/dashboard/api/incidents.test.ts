import { expect, it } from 'vitest'
import { IncidentClosed, IncidentNotFound } from '../../../../src/core/errors/index.ts'
import type { IncidentAnswer } from '../../../../src/dashboard/contract/requests.ts'
import type { Incident } from '../../../../src/operations/model/incident.ts'
import { openApi } from './support.ts'

const alert = (rule: 'LagHigh' | 'SequenceParked', id: string): Incident['alerts'][number] => ({
  fingerprint: `${rule}/projection/${id}`,
  rule,
  subject: { kind: 'projection', id },
  state: 'firing',
  severity: 'warning',
  message: 'It is late',
  startedAt: '2026-01-01T00:00:00.000Z',
})

const INCIDENT: Incident = {
  id: 'i-1',
  title: 'It is late',
  severity: 'warning',
  state: 'open',
  openedAt: '2026-01-01T00:00:00.000Z',
  resolvedAt: null,
  acknowledgedBy: null,
  alerts: [alert('LagHigh', 'sums:1'), alert('LagHigh', 'sums:2'), alert('SequenceParked', 'sums:1')],
  timeline: [{ type: 'Opened', at: '2026-01-01T00:00:00.000Z' }],
}

it('lists incidents without their timelines, and shows one with what to do and where to look', async () => {
  const { get } = openApi({
    operations: {
      incidents: async () => ({ rows: [INCIDENT], next: null }),
      incident: async (id) => (id === 'i-1' ? INCIDENT : undefined),
    },
  })
  const { timeline, ...row } = INCIDENT
  expect(await get('incidents')).toEqual({ incidents: [row], next: null })
  const shown = (await get('incidents/i-1')) as IncidentAnswer
  expect(shown.timeline).toEqual(timeline)
  expect(shown.runbooks.map(({ rule }) => rule)).toEqual(['LagHigh', 'SequenceParked'])
  expect(shown.runbooks[0]?.steps.length).toBeGreaterThan(0)
  expect(shown.series).toEqual([
    'oldest{sums:1}',
    'oldest',
    'behind{sums:1}',
    'behind',
    'folded',
    'appended',
    'oldest{sums:2}',
    'behind{sums:2}',
    'parked',
  ])
  await expect(get('incidents/i-2')).rejects.toThrow(IncidentNotFound)
})

it('acknowledges, annotates and resolves under the name of who does it, and records that', async () => {
  const done: unknown[] = []
  const { acts, post } = openApi({
    operations: {
      acknowledge: async (...args) => void done.push(['acknowledge', ...args]),
      note: async (...args) => void done.push(['note', ...args]),
      resolve: async (id) => {
        throw new IncidentClosed(id)
      },
    },
  })
  expect(await post('incidents/i-1/ack', { body: {} })).toEqual({ done: true })
  expect(await post('incidents/i-1/note', { body: { note: 'Restarted b' }, who: 'Grace' })).toEqual({ done: true })
  await expect(post('incidents/i-1/resolve')).rejects.toThrow(IncidentClosed)
  expect(done).toEqual([
    ['acknowledge', 'i-1', 'Ada'],
    ['note', 'i-1', 'Grace', 'Restarted b'],
  ])
  expect(acts.map(({ who, what, subject, outcome }) => [who, what, subject, outcome])).toEqual([
    ['Ada', 'acknowledge', 'i-1', 'done'],
    ['Grace', 'note', 'i-1', 'done'],
    ['Ada', 'resolve', 'i-1', 'IncidentClosed'],
  ])
})

it.each([undefined, {}, { note: '' }, { note: ' \n' }, { note: 7 }, { note: 'n'.repeat(2_001) }])(
  'refuses a note with the body %#',
  async (body) => {
    await expect(openApi().post('incidents/i-1/note', { body })).rejects.toMatchObject({ code: 'InvalidOption' })
  },
)

it('refuses ids and pages that cannot be', async () => {
  const { get, post } = openApi()
  await expect(get(`incidents/${'i'.repeat(301)}`)).rejects.toMatchObject({ code: 'InvalidOption' })
  await expect(post(`incidents/${'i'.repeat(301)}/ack`)).rejects.toMatchObject({ code: 'InvalidOption' })
  await expect(get('incidents?limit=201')).rejects.toMatchObject({ code: 'InvalidOption' })
})
