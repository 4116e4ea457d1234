import type { Vault } from '../../../core/events/sealing/vault.ts'
import { canonicalJson } from '../../../core/json/canonical-json.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { ViewDocument } from '../../../core/port/view-store.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import { tidemarkAt } from '../../../core/positions/tidemark.ts'
import type { Projection } from '../../../projections/projection.ts'
import { clearData } from '../../../views/sealed-views.ts'
import type { Refolded } from './refold.ts'

/**
 * What computing a view again says of it: `right`, `wrong`, `extra` (no event gives such a view), or `unproven`: it
 * differs, but something else than a change in the database can be the reason.
 */
export type Verdict = 'right' | 'wrong' | 'extra' | 'unproven'

/**
 * Judges a view by what was computed from the log.
 *
 * @param isSameCode whether the stored view was computed by the code that computed it now
 * @throws VaultRequired, and what the vault throws
 */
export async function judge(
  refolded: Refolded,
  projection: Projection,
  vault: Vault | undefined,
  isSameCode: boolean,
): Promise<Verdict> {
  const { stored, document, failed, mayMissErased } = refolded
  const reaches = reachesAsFar(stored, document)
  const isSame = async () =>
    canonicalJson(await clearOf(stored, projection, vault)) === canonicalJson(document?.data ?? null)
  if (!failed && reaches && (await isSame())) return 'right'
  if (!isSameCode || failed || mayMissErased) return 'unproven'
  // The order of events of several ranges is not fixed, and what was opened before a person was forgotten is not now.
  if (reaches && (stored.tidemarks.length > 1 || projection.readsPersonal)) return 'unproven'
  return document === undefined || document.data === null ? 'extra' : 'wrong'
}

/** Whether the events of all tidemarks were met again: a tidemark that was raised would keep events out. */
function reachesAsFar(stored: ViewDocument, document: ViewDocument | undefined): boolean {
  return stored.tidemarks.every((mark) => {
    const found = tidemarkAt(document?.tidemarks ?? [], mark.hash)
    return found !== undefined && comparePositions(found, mark) === 0
  })
}

async function clearOf(
  { data, ...view }: ViewDocument,
  projection: Projection,
  vault: Vault | undefined,
): Promise<JsonObject | null> {
  if (data === null) return null
  const [clear] = await clearData(projection, vault, [{ ...view, data }])
  return clear ?? null
}
