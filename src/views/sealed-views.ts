import { PersonalDataTampered, VaultRequired } from '../core/errors/privacy.ts'
import type { PersonalRule } from '../core/events/sealing/personal-types.ts'
import { areSealedMembers, SEALED, type SealedMembers, sealedMembersOf } from '../core/events/sealing/sealed-data.ts'
import type { Opened, Vault } from '../core/events/sealing/vault.ts'
import type { Json, JsonObject } from '../core/json/json.ts'
import { type ViewRef, viewId } from '../core/port/view-store.ts'
import type { ProjectionRef } from './projection-ref.ts'

/** A view as it is stored, with data. */
type StoredView = ViewRef & { readonly data: JsonObject }

// What readers see of a sealed member whose rule they do not know.
const SEALED_TEXT = '(sealed)'

/** Whether members of a view are sealed. */
export const isSealedView = (data: JsonObject): boolean => data[SEALED] !== undefined

/** The data of a view with a text in place of each sealed member, for those who may see that it is there. */
export function sealedForm(data: JsonObject): JsonObject {
  const { [SEALED]: _, ...clear } = data
  const members = areSealedMembers(data[SEALED]) ? sealedMembersOf(data).flatMap(({ f }) => f) : []
  return { ...clear, ...Object.fromEntries(members.map((member) => [member, SEALED_TEXT])) }
}

/**
 * The data of views as readers of a projection get it: opened by its rules, with stand-ins for people who were
 * forgotten, and a text for what no rule of the reader's definition opens.
 *
 * @throws VaultRequired, and what the vault throws
 */
export async function clearData(
  projection: ProjectionRef,
  vault: Vault | undefined,
  views: readonly StoredView[],
): Promise<readonly JsonObject[]> {
  if (!views.some(({ data }) => isSealedView(data))) return views.map(({ data }) => data)
  const opened = await openViews(projection, vault, views)
  return opened.map(({ data }) => data)
}

/** Opens views, with one call of the vault for each rule. @throws VaultRequired, and what the vault throws */
export async function openViews(
  { name, personal = [] }: Pick<ProjectionRef, 'name' | 'personal'>,
  vault: Vault | undefined,
  views: readonly StoredView[],
): Promise<readonly Opened[]> {
  for (const view of views) {
    const sealed = view.data[SEALED]
    if (sealed !== undefined && !areSealedMembers(sealed)) throw new PersonalDataTampered(viewId(view))
  }
  let opened = views.map(({ data }): Opened => ({ data: sealedForm(data), redacted: [], keys: [] }))
  for (const rule of personal) {
    const sealed = views.map(({ data }) => sealedBy(rule, data))
    const sources = views.flatMap(({ projection, version, key, data }, i) => {
      const part = sealed[i]
      return part ? [{ ref: { projection, version, key }, data: { ...data, [SEALED]: [part] as unknown as Json } }] : []
    })
    if (sources.length === 0) continue
    if (vault === undefined) throw new VaultRequired(name, Object.keys(rule.fields)[0] ?? SEALED)
    const results = [...(await vault.views.open(sources, rule))]
    opened = opened.map((one, i) => {
      const part = sealed[i]
      return part ? withMembers(one, part.f, results.shift() as Opened) : one
    })
  }
  return opened
}

const sealedBy = ({ fields }: PersonalRule, data: JsonObject): SealedMembers | undefined =>
  sealedMembersOf(data).find(({ f }) => f.some((member) => Object.hasOwn(fields, member)))

function withMembers(one: Opened, members: readonly string[], { data, redacted, keys }: Opened): Opened {
  const merged: { [member: string]: Json | undefined } = { ...one.data }
  for (const member of members) {
    if (Object.hasOwn(data, member)) merged[member] = data[member]
    else delete merged[member]
  }
  return { data: merged, redacted: [...one.redacted, ...redacted], keys: [...one.keys, ...keys] }
}
