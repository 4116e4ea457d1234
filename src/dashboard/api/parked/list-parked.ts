import { listParked } from '../../../processor/parking/list-parked.ts'
import type { ParkedListAnswer } from '../../contract/requests.ts'
import { parkedRow } from '../../payloads/parked-row.ts'
import { requiredText, textOf, wholeNumberOf } from '../input/query.ts'
import { versionRefOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'

export const listParkedRoute = readRoute(
  'parked',
  async ({ query }, { storage, payloads }): Promise<ParkedListAnswer> => {
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
    return { parked: items.map((item) => parkedRow(which, item, payloads)), next }
  },
)
