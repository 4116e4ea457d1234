import { defineAggregate } from '../../aggregates/aggregate.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { type InstanceRef, instanceEvents } from './activity-events.ts'

/** What was last recorded of an instance. */
export type InstanceRecord = { readonly state: 'unknown' | 'running' | 'stopped' | 'lost'; readonly startedAt: string }

type Recorded = { readonly data: { readonly startedAt: string } }

const became =
  (state: InstanceRecord['state']) =>
  (_: InstanceRecord, { data: { startedAt } }: Recorded): InstanceRecord => ({ state, startedAt })

const initial: InstanceRecord = { state: 'unknown', startedAt: '' }

/** An instance: one stream for all runs under its id. */
export const instanceAggregate = defineAggregate({
  category: 'instance',
  events: instanceEvents,
  initial,
  evolve: {
    InstanceStarted: became('running'),
    InstanceStopped: became('stopped'),
    InstanceLost: became('lost'),
  },
})

/** What became of an instance, as this process sees it. */
export type SeenInstance = InstanceRef & {
  readonly state: 'running' | 'stopped' | 'lost'
  readonly release: string | null
  /** ISO 8601 in UTC. */
  readonly at: string
}

/** Records what became of an instance, unless that is recorded already, or of an earlier run. */
export const recordInstance =
  ({ state, release, at, ...ref }: SeenInstance) =>
  (record: InstanceRecord): readonly NewEventOf<typeof instanceEvents>[] => {
    if (ref.startedAt < record.startedAt) return []
    const isSameRun = ref.startedAt === record.startedAt
    if (isSameRun && record.state === state) return []
    if (state === 'lost') return [instanceEvents.create('InstanceLost', { at, ...ref })]
    if (state === 'stopped') {
      // It was never seen running, so its end is no news.
      if (record.state === 'unknown' || !isSameRun) return []
      return [instanceEvents.create('InstanceStopped', { at, ...ref })]
    }
    const back = isSameRun && record.state === 'lost'
    return [instanceEvents.create('InstanceStarted', { at, ...ref, release, back })]
  }
