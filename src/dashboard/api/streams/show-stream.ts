import { StreamDeleted, StreamNotFound } from '../../../core/errors/append.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import { parseStreamId } from '../../../core/stream-id.ts'
import type { StreamAnswer } from '../../contract/requests.ts'
import type { Foldable } from '../../server/folding.ts'
import { streamIdOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'

export const showStreamRoute = readRoute(
  'streams/:id',
  async ({ params }, { storage, folding }): Promise<StreamAnswer> => {
    const streamId = streamIdOf(params)
    const { category } = parseStreamId(streamId)
    try {
      const version = await assertHead(storage.events, streamId)
      // The events are worth showing also where the code cannot be loaded; the request for a state says why.
      const loaded = await folding.loaded().catch(() => [])
      return {
        streamId,
        version,
        deleted: false,
        folds: loaded.filter((one) => foldsStreamsOf(one, category)).map(foldOf),
      }
    } catch (error) {
      if (!(error instanceof StreamDeleted)) throw error
      return { streamId, version: 0, deleted: true, folds: [] }
    }
  },
)

/** The version of a stream. @throws StreamNotFound, StreamDeleted */
export async function assertHead(events: EventLog, streamId: string): Promise<number> {
  const { version } = await events.load(streamId, { limit: 0 })
  if (version === 0) throw new StreamNotFound(streamId)
  return version
}

const foldsStreamsOf = (one: Foldable, category: string): boolean =>
  one.kind === 'projection' || (one.kind === 'aggregate' && one.category === category)

const foldOf = ({ kind, name, version }: Foldable): StreamAnswer['folds'][number] => ({
  kind: kind === 'aggregate' ? 'aggregate' : 'projection',
  name,
  version,
})
