import { VaultRequired } from '../../core/errors/privacy.ts'
import { SEALED, sealedMembersOf } from '../../core/events/sealing/sealed-data.ts'
import type { Vault } from '../../core/events/sealing/vault.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import type { Projection } from '../projection.ts'

/**
 * The document to store, with its personal members sealed, or stand-ins for people who were forgotten.
 *
 * @throws VaultRequired, and what the vault throws: InvalidPersonId, InvalidDefinition if a rule's function throws,
 *   KeysUnavailable
 */
export async function sealView(
  { name, personal = [] }: Pick<Projection, 'name' | 'personal'>,
  vault: Vault | undefined,
  view: ViewDocument,
): Promise<ViewDocument> {
  const { projection, version, key, data } = view
  if (data === null) return view
  const stored: { [member: string]: Json | undefined } = { ...data }
  const sealed: Json[] = []
  for (const rule of personal) {
    const members = Object.keys(rule.fields)
    const present = members.find((member) => Object.hasOwn(data, member))
    if (present === undefined) continue
    if (vault === undefined) throw new VaultRequired(name, present)
    const result: JsonObject = await vault.views.seal({ projection, version, key }, data, rule)
    for (const member of members) {
      if (Object.hasOwn(result, member)) stored[member] = result[member]
      else delete stored[member]
    }
    sealed.push(...(sealedMembersOf(result) as unknown as readonly Json[]))
  }
  return { ...view, data: sealed.length > 0 ? { ...stored, [SEALED]: sealed } : stored }
}

/**
 * The size up to which a view can be folded so that it fits once it is sealed, in bytes: a ciphertext takes a third more
 * than the text, and about 100 bytes for each person.
 *
 * @param bytes the size that a view may have as it is stored
 */
export const sizeInClear = ({ personal }: Pick<Projection, 'personal'>, bytes: number): number =>
  personal ? Math.floor((bytes - SEAL * personal.length) * 0.75) : bytes

// Key, nonce, tag and the names around them; the names of the members are in the view in clear as well.
const SEAL = 160
