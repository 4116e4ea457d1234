import type { EventTypesOf, RecordedEvent } from '../../core/events/types.ts'
import type { JsonObject } from '../../core/json/json.ts'
import { defineProjection } from '../../projections/define-projection.ts'
import type { ActivityType } from '../model/activity.ts'
import { activityEvents } from './activity-events.ts'

/** One event as it is listed. The order of ids is that of time. */
export type ActivityRow = {
  readonly id: string
  readonly type: ActivityType | ''
  readonly data: JsonObject
}

type Recorded = RecordedEvent<EventTypesOf<typeof activityEvents>>

const fold = (row: ActivityRow, { type, data }: Pick<Recorded, 'type' | 'data'>): ActivityRow => ({
  ...row,
  type,
  data,
})

/** What happened, one view for each event. */
export const activityView = defineProjection('ops-activity', {
  events: activityEvents,
  indexes: ['id'],
  key: ({ data, metadata }) => `${data.at}~${metadata.eventId}`,
  initial: (id: string): ActivityRow => ({ id, type: '', data: {} }),
  on: {
    InstanceStarted: fold,
    InstanceStopped: fold,
    InstanceLost: fold,
    ServiceUpdated: fold,
    VersionActivated: fold,
    RebuildStarted: fold,
    RebuildFinished: fold,
    OperatorActed: fold,
    EvaluationGap: fold,
  },
})
