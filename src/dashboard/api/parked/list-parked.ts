import { listParked, type ParkedSummary } from '../../../processor/parking/list-parked.ts'
import type { ParkedListAnswer } from '../../contract/requests.ts'
import type { ParkedRow } from '../../contract/topics.ts'
import { faultOf } from '../../payloads/fault.ts'
import type { VersionRef } from '../../server/folding.ts'
import { requiredText, textOf, wholeNumberOf } from '../input/query.ts'
import { versionRefOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'

// What a queue says of its first event after the one before it was dropped.
const NOT_TRIED = { code: 'NotTried', message: 'This event has not been tried yet' }

/** Why a sequence is parked, as it is shown. */
export const parkedFault = (error: ParkedSummary['error']) => faultOf(error ?? NOT_TRIED)

/** A parked sequence as a row. */
export const parkedRow = (
  { projection, version }: VersionRef,
  { key, since, attempts, error, event, waiting }: ParkedSummary,
): ParkedRow => ({
  projection,
  version,
  key,
  since,
  attempts,
  error: parkedFault(error),
  event: { streamId: event.streamId, version: event.version },
  waiting,
})

export const listParkedRoute = readRoute('parked', async ({ query }, { storage }): Promise<ParkedListAnswer> => {
  const which = versionRefOf({
    projection: requiredText(query, 'projection'),
    version: requiredText(query, 'version'),
  })
  const after = textOf(query, 'after')
  const limit = wholeNumberOf(query, 'limit', { least: 1, most: 200 }) ?? 100
  const { items, next = null } = await listParked(storage.viewStore, which, {
    limit,
    ...(after !== undefined && { after }),
  })
  return { parked: items.map((item) => parkedRow(which, item)), next }
})
