import type { Repository } from '../../aggregates/repository.ts'
import type { EventTypesOf } from '../../core/events/types.ts'
import { idOf, parseStreamId } from '../../core/stream-id.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import type { AlertChange } from '../model/evaluation.ts'
import { type AlertChanged, type AlertRecord, alertEvents } from '../store/alert/alert-events.ts'
import type { AssignChange } from './assign-change.ts'

export type Alerts = Repository<AlertRecord, EventTypesOf<typeof alertEvents>>

type Changed = { readonly type: AlertChange['type']; readonly data: AlertChanged; readonly streamId: string }

/** Opens incidents for alerts, and keeps them up to date with what becomes of their alerts. */
export function incidentReaction(alerts: Alerts, assign: AssignChange): Reaction {
  async function handle({ type, data, streamId }: Changed): Promise<void> {
    await assign({ ...data, type })
    // Changes of another month are in another stream, and may have come before this one, when they had no place.
    const { state, period } = await alerts.load(idOf(streamId))
    if (period === parseStreamId(streamId).period || state.change <= data.change) return
    const { state: now, startedAt: _start, resolvedAt: _end, ...change } = state
    await assign({ ...change, type: now === 'resolved' ? 'AlertResolved' : 'AlertFired' })
  }
  return defineReaction('ops-incidents-of-alerts', {
    events: alertEvents,
    from: 'start',
    on: {
      AlertFired: handle,
      AlertEscalated: handle,
      AlertEased: handle,
      AlertFlapping: handle,
      AlertResolved: handle,
    },
  })
}
