import { IncidentNotFound } from '../../../core/errors/operations.ts'
import type { Incident } from '../../../operations/model/incident.ts'
import type { DoneAnswer, IncidentAnswer, IncidentsAnswer } from '../../contract/requests.ts'
import type { ApiRequest, DashboardContext, Route } from '../../server/route.ts'
import { actRoute } from '../act.ts'
import { membersOf, textIn } from '../input/body.ts'
import { pageOf } from '../input/page.ts'
import { idOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'
import { runbooksOf, seriesOf } from './incident-help.ts'

const MOST_OF_NOTE = 2_000

const subjectOf = ({ params }: ApiRequest): string => idOf(params)

const incidentAct = (
  path: string,
  what: string,
  act: (request: ApiRequest, operations: DashboardContext['operations'], id: string) => Promise<void>,
): Route =>
  actRoute({
    path: `incidents/:id/${path}`,
    what,
    subjectOf,
    async handle(request, { operations }): Promise<DoneAnswer> {
      await act(request, operations, idOf(request.params))
      return { done: true }
    },
  })

export const incidentRoutes: readonly Route[] = [
  readRoute('incidents', async ({ query }, { operations }): Promise<IncidentsAnswer> => {
    const { rows, next } = await operations.incidents(pageOf(query))
    return { incidents: rows.map(withoutTimeline), next }
  }),
  readRoute('incidents/:id', async ({ params }, { operations }): Promise<IncidentAnswer> => {
    const incident = await operations.incident(idOf(params))
    if (incident === undefined) throw new IncidentNotFound(idOf(params))
    return { ...incident, runbooks: runbooksOf(incident), series: seriesOf(incident) }
  }),
  incidentAct('ack', 'acknowledge', ({ who }, operations, id) => operations.acknowledge(id, who)),
  incidentAct('note', 'note', ({ who, body }, operations, id) =>
    operations.note(id, who, textIn(membersOf(body), 'note', MOST_OF_NOTE)),
  ),
  incidentAct('resolve', 'resolve', ({ who }, operations, id) => operations.resolve(id, who)),
]

const withoutTimeline = ({ timeline: _, ...row }: Incident): Omit<Incident, 'timeline'> => row
