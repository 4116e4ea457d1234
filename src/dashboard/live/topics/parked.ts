import { reused } from '../../../core/async/reused.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import { listParked } from '../../../processor/parking/list-parked.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { ParkedRow, Topics } from '../../contract/topics.ts'
import { parkedRow } from '../../payloads/parked-row.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import type { TopicSource } from '../topic-source.ts'

/** Of one version; further ones are asked for by pages. */
const MOST_ROWS = 200

/** Milliseconds between two readings of the storage. */
const EVERY = 5_000

/** The parked sequences of all versions that have some. */
export function parked(
  operations: Pick<Operations, 'snapshot'>,
  { viewStore }: Pick<Storage, 'viewStore'>,
  payloads: PayloadMode,
  clock: Pick<Clock, 'now'>,
): TopicSource<'parked'> {
  const read = reused(clock, EVERY, async (): Promise<Topics['parked']> => {
    const rows: { [key: string]: ParkedRow } = {}
    for (const { projection, version, parked } of operations.snapshot()?.versions ?? []) {
      if (parked === 0) continue
      const { items } = await listParked(viewStore, { projection, version }, { limit: MOST_ROWS })
      for (const one of items)
        rows[`${projection}:${version} ${one.key}`] = parkedRow({ projection, version }, one, payloads)
    }
    return rows
  })
  return { on: ['snapshot'], rows: () => (operations.snapshot()?.versions ? read() : undefined) }
}
