import type { Operations } from '../../../operations/model/operations.ts'
import type { ObservedVersion, Snapshot } from '../../../operations/model/snapshot.ts'
import type { TopicName, Topics } from '../../contract/topics.ts'
import type { TopicSource } from '../topic-source.ts'

type TopicOfVersions = Extract<TopicName, 'projections' | 'ranges'>
type Row<T extends TopicOfVersions> = Topics[T][string]

/** Rows of what is known of the versions; while those cannot be read, the last ones, as `unknown` makes them. */
export function rowsOfVersions<T extends TopicOfVersions>(
  operations: Pick<Operations, 'snapshot'>,
  read: (versions: readonly ObservedVersion[], at: Snapshot['at']) => { [key: string]: Row<T> },
  unknown: (row: Row<T>) => Row<T>,
): TopicSource<T> {
  let last: { [key: string]: Row<T> } | undefined
  return {
    on: ['snapshot'],
    rows() {
      const snapshot = operations.snapshot()
      if (snapshot === null) return undefined
      if (snapshot.versions !== null) last = read(snapshot.versions, snapshot.at)
      else if (last !== undefined)
        last = Object.fromEntries(Object.entries(last).map(([key, row]) => [key, unknown(row)]))
      return last as Topics[T] | undefined
    },
  }
}
