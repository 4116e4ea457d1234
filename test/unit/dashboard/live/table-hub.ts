import type { TopicName } from '../../../../src/dashboard/contract/topics.ts'
import { createHub, type Hub } from '../../../../src/dashboard/live/hub.ts'
import { topicSources } from '../../../../src/dashboard/live/topics/index.ts'
import { openMemory } from '../../../../src/testing/index.ts'
import { type ManualClock, manualClock } from '../../../../src/testing/manual-clock.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { fakeOperations } from '../fake-operations.ts'
import { FakeResponse } from './fake-response.ts'

/** A hub whose topic `recent` is a table of the test. */
export type TableHub = {
  readonly hub: Hub
  readonly clock: ManualClock
  /** How often the table was computed. */
  readonly computed: number
  /** How many watch recent events. */
  readonly watching: number
  set(key: string, value: number | null): Promise<void>
  readonly table: Map<string, number>
  connect(lastEventId?: string, topics?: readonly TopicName[], session?: string): FakeResponse
}

/** Lets what was begun without time passing come to its end. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

export async function tableHub(): Promise<TableHub> {
  const clock = manualClock()
  const table = new Map<string, number>()
  let computed = 0
  let watching = 0
  const operations = fakeOperations({
    recentEvents() {
      computed++
      return [...table].map(([id, version]) => ({
        streamId: id,
        version: 0,
        type: String(version),
        id,
        recordedAt: '',
      }))
    },
    watchEvents() {
      watching++
      return () => watching--
    },
  })
  const storage = withViews(await openMemory())
  const sources = topicSources({ operations, storage, loaded: () => [], payloads: 'full', clock })
  const hub = createHub({ sources, clock, epoch: 'e1', measuredAt: () => null })
  return {
    hub,
    clock,
    table,
    get computed() {
      return computed
    },
    get watching() {
      return watching
    },
    async set(key, value) {
      if (value === null) table.delete(key)
      else table.set(key, value)
      hub.changed(new Set(['snapshot']))
      await settled()
    },
    connect(lastEventId, topics = ['recent'], session = 'one') {
      const response = new FakeResponse()
      const hello = { release: '1', role: 'viewer', everyMs: 1000, series: [] } as const
      hub.serve(response.asResponse(), { topics, session, lastEventId, hello })
      return response
    },
  }
}
