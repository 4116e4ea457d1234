import { expect, it } from 'vitest'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { randomFrom } from '../../../../src/core/random.ts'
import { incidentEvents } from '../../../../src/operations/incidents/incident-events.ts'
import {
  evolveIncident,
  type IncidentRecord,
  noIncident,
  toIncident,
} from '../../../../src/operations/incidents/incident-record.ts'
import type { AlertChange } from '../../../../src/operations/model/evaluation.ts'
import { type AlertRecord, alertEvents } from '../../../../src/operations/store/alert/alert-events.ts'
import { evolveAlert, unknownAlert } from '../../../../src/operations/store/alert/alert-record.ts'
import { change, operationsWorld } from '../support.ts'

const TYPES = ['AlertFired', 'AlertResolved', 'AlertEscalated', 'AlertEased', 'AlertFlapping'] as const

// The handlers of all types take the same three members.
type Handlers<Record> = { readonly [type: string]: (record: Record, event: never) => Record }

it.each([1, 2, 3, 4])(
  'agrees with a plain fold of the log, and puts each alert that fires into one incident, however dashboards race (seed %i)',
  async (seed) => {
    const world = operationsWorld(seed)
    const random = randomFrom(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const dashboards = [await world.open('a'), await world.open('b')]
    for (let round = 0; round < 8; round++) {
      const decided: AlertChange[] = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        change(pick(TYPES), pick(['one', 'two', 'three']), world.now(), { severity: pick(['critical', 'warning']) }),
      )
      const away = random() < 0.2 ? pick([180_000, 700_000]) : 0
      await world.pass(away)
      await Promise.all(dashboards.map(({ beat }) => beat(decided.map((one) => ({ ...one, at: world.now() })))))
      const [open] = dashboards[0]?.operations.openIncidents() ?? []
      if (open && random() < 0.2) {
        const resolving = dashboards[1]?.operations.resolve(open.id, 'Ada').catch(() => {})
        await world.within(2_000, resolving ?? Promise.resolve())
      }
    }
    await Promise.all(dashboards.map(({ beat }) => beat([], 3)))

    const incidents = new Map<string, IncidentRecord>()
    for await (const event of eventStore(world.port, incidentEvents).query({})) {
      const handler = (evolveIncident as Handlers<IncidentRecord>)[event.type]
      const before = incidents.get(event.streamId) ?? noIncident
      if (handler) incidents.set(event.streamId, handler(before, event as never))
    }
    const alerts = new Map<string, AlertRecord>()
    for await (const event of eventStore(world.port, alertEvents).query({})) {
      const { fingerprint } = event.data
      const handler = (evolveAlert as Handlers<AlertRecord>)[event.type]
      if (handler) alerts.set(fingerprint, handler(alerts.get(fingerprint) ?? unknownAlert, event as never))
    }
    const firing = [...alerts.values()].filter(({ state }) => state !== 'resolved')
    const byId = [...incidents.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
    expect(byId.map(({ id }) => Number(id))).toEqual(byId.map((_, i) => byId.length - i))
    for (const { operations } of dashboards) {
      const { rows } = await world.within(2_000, operations.incidents())
      expect(rows).toEqual(byId.map(toIncident))
      expect(new Set(operations.alerts().map(({ fingerprint }) => fingerprint))).toEqual(
        new Set(firing.map(({ fingerprint }) => fingerprint)),
      )
    }
    for (const { fingerprint, change: last } of firing) {
      const known = byId.filter((one) =>
        one.alerts.some((alert) => alert.fingerprint === fingerprint && alert.change === last),
      )
      expect(known, `seed ${seed}, ${fingerprint}`).toHaveLength(1)
    }
    for (const { state, alerts: own } of byId) {
      if (state !== 'resolved') expect(own.some((alert) => alert.state !== 'resolved')).toBe(true)
    }
    await Promise.all(dashboards.map(({ operations }) => world.within(30_000, operations.close())))
  },
)
