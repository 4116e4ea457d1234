import type { Operations } from '../../../operations/model/operations.ts'
import type { TopicSource } from '../topic-source.ts'

/** A table of rows by a key. */
export const byKey = <Row>(rows: readonly Row[], keyOf: (row: Row) => string): { readonly [key: string]: Row } =>
  Object.fromEntries(rows.map((row) => [keyOf(row), row]))

export const pending = (operations: Pick<Operations, 'pending'>): TopicSource<'pending'> => ({
  on: ['snapshot', 'alerts'],
  rows: () => byKey(operations.pending(), ({ fingerprint }) => fingerprint),
})

export const silences = (operations: Pick<Operations, 'silences'>): TopicSource<'silences'> => ({
  on: ['silences'],
  rows: () => byKey(operations.silences(), ({ id }) => id),
})

/** The incidents that are not resolved, without their timelines. */
export const incidents = (operations: Pick<Operations, 'openIncidents'>): TopicSource<'incidents'> => ({
  on: ['incidents', 'alerts'],
  rows: () =>
    byKey(
      operations.openIncidents().map(({ timeline: _, ...row }) => row),
      ({ id }) => id,
    ),
})

/** How many activities are sent; earlier ones are asked for by pages. */
const LATEST = 50

export const activity = (operations: Pick<Operations, 'activity'>): TopicSource<'activity'> => ({
  on: ['activity'],
  rows: async () => byKey((await operations.activity({ limit: LATEST })).rows, ({ id }) => id),
})

/** The newest events, which are read only while a client is subscribed. */
export const recent = (operations: Pick<Operations, 'recentEvents' | 'watchEvents'>): TopicSource<'recent'> => ({
  on: ['snapshot'],
  rows: () =>
    byKey(
      operations.recentEvents().map(({ streamId, version, type, id, recordedAt }) => ({
        ...{ streamId, version, type, id, recordedAt },
      })),
      ({ streamId, version }) => `${streamId}@${version}`,
    ),
  watch: () => operations.watchEvents(),
})
