import type { Operations } from '../../../operations/model/operations.ts'
import type { TopicSource } from '../topic-source.ts'

/** The storage, and what watching it costs. */
export const storage = (operations: Operations): TopicSource<'storage'> => ({
  on: ['snapshot'],
  rows() {
    const snapshot = operations.snapshot()
    if (snapshot === null) return undefined
    const { kind, ok, ping, error, incarnation, health } = snapshot.storage
    return {
      storage: {
        ...{ kind, ok, error, incarnation },
        ping: ping === null ? null : Number(ping.toPrecision(3)),
        bytes: health?.bytes ?? null,
        disk: health?.disk ?? null,
        files: health?.files ?? [],
        ranges: snapshot.versions?.[0]?.ranges.length ?? null,
        watching: operations.cost(),
        ops: operations.ops(),
      },
    }
  },
})
