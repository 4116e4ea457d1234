import type { Clock } from '../../core/clock.ts'
import { WrongExpectedVersion } from '../../core/errors/append.ts'
import { IncidentNotFound } from '../../core/errors/operations.ts'
import type { Storage } from '../../views/with-views.ts'
import type { Operations } from '../model/operations.ts'
import { pageLimit } from '../store/page-limit.ts'
import { incidentCommands } from './commands.ts'
import { type IncidentRecord, toIncident } from './incident-record.ts'
import { incidentsView } from './incidents-view.ts'
import type { KnownIncidents } from './known-incidents.ts'
import type { Incidents } from './new-incidents.ts'

const ID = /^\d{6,12}$/

/** What people do with incidents, and their history. @param changed called after a change */
export function serveIncidents(
  store: Storage,
  incidents: Incidents,
  known: KnownIncidents,
  clock: Clock,
  changed: () => void,
): Pick<Operations, 'incidents' | 'incident' | 'acknowledge' | 'note' | 'resolve'> {
  async function execute(id: string, command: ReturnType<typeof incidentCommands.note>): Promise<void> {
    if (!ID.test(id)) throw new IncidentNotFound(id.slice(0, 40))
    try {
      const { state } = await incidents.execute(id, command, { expectedVersion: 'streamExists' })
      known.put(state)
      changed()
    } catch (error) {
      const isMissing = error instanceof WrongExpectedVersion && error.actual === 0
      throw isMissing ? new IncidentNotFound(id) : error
    }
  }

  return {
    async incidents({ before, limit } = {}) {
      const most = pageLimit(limit)
      const { items } = await store.views.query(incidentsView, {
        ...(before !== undefined && { where: { id: { lt: before } } }),
        orderBy: { field: 'id', direction: 'descending' },
        limit: most,
      })
      const last = items.length < most ? '' : (items.at(-1)?.id ?? '')
      const found = new Map<string, IncidentRecord>(items.map((one) => [one.id, one]))
      // Views come a moment later than what is known.
      for (const one of known.all()) {
        const isOnPage = one.id > last && (before === undefined || one.id < before)
        if (isOnPage && (found.get(one.id)?.version ?? 0) < one.version) found.set(one.id, one)
      }
      const rows = [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, most)
      return { rows: rows.map(toIncident), next: rows.length < most ? null : (rows.at(-1)?.id ?? null) }
    },
    async incident(id) {
      if (!ID.test(id)) return undefined
      const { state, exists } = await incidents.load(id)
      return exists ? toIncident(state) : undefined
    },
    acknowledge: async (id, who) => execute(id, incidentCommands.acknowledge(who, clock.now())),
    note: async (id, who, text) => execute(id, incidentCommands.note(who, text, clock.now())),
    resolve: async (id, who) => execute(id, incidentCommands.resolve(who, clock.now())),
  }
}
