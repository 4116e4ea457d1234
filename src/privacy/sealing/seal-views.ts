import { PersonalDataTampered, PersonalKeyMissing } from '../../core/errors/privacy.ts'
import type { PersonalRule } from '../../core/events/sealing/personal-types.ts'
import { areSealedMembers, SEALED, type SealedMembers } from '../../core/events/sealing/sealed-data.ts'
import type { Opened, ViewSealing } from '../../core/events/sealing/vault.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import { type ViewRef, viewId } from '../../core/port/view-store.ts'
import { parseKeyReference } from '../vault/people/key-reference.ts'
import type { KeyAnswer, Keys } from '../vault/people/keys.ts'
import { boundToView } from './bound-to.ts'
import { personalMembers } from './person-of.ts'
import { openMembers, sealText } from './sealed-text.ts'

/** Seals and opens views. */
export const viewSealing = (keys: Keys): ViewSealing => ({
  async seal(ref, data, rule) {
    const personal = personalMembers(`Projection ${ref.projection}`, rule, data)
    if (personal === undefined) return data
    const { person, members } = personal
    const key = (await keys.forSealing([person])).get(person)
    const left: { [name: string]: Json | undefined } = { ...data }
    if (key === 'forgotten' || key === undefined) return { ...left, ...standIns(rule, members) }
    for (const name of members) delete left[name]
    const text = canonicalJson(Object.fromEntries(members.map((name) => [name, data[name] as Json])))
    const sealed: SealedMembers = { k: key.ref, f: members, c: sealText(key, boundToView(ref, key.ref, members), text) }
    return { ...left, [SEALED]: [sealed] as unknown as Json }
  },

  async open(views, rule) {
    const sealed = views.map((view) => sealedOf(view))
    const references = sealed.flatMap((one) => one?.k ?? [])
    const found = references.length > 0 ? await keys.forOpening(references) : undefined
    return views.map(({ ref, data }, i) => openView(ref, data, sealed[i], found, rule))
  },
})

function openView(
  ref: ViewRef,
  { [SEALED]: _sealed, ...clear }: JsonObject,
  sealed: SealedMembers | undefined,
  keys: ReadonlyMap<string, KeyAnswer> | undefined,
  rule: PersonalRule,
): Opened {
  if (sealed === undefined) return { data: clear, redacted: [], keys: [] }
  const { k, f, c } = sealed
  const key = keys?.get(k) ?? 'missing'
  if (key === 'missing') throw new PersonalKeyMissing(viewId(ref))
  if (key === 'forgotten') return { data: { ...clear, ...standIns(rule, f) }, redacted: f, keys: [] }
  const members = openMembers(key, boundToView(ref, k, f), c, f)
  if (members === undefined) throw new PersonalDataTampered(viewId(ref))
  return { data: { ...clear, ...members }, redacted: [], keys: [k] }
}

const standIns = ({ fields }: PersonalRule, members: readonly string[]): JsonObject =>
  Object.fromEntries(members.flatMap((name) => (Object.hasOwn(fields, name) ? [[name, fields[name]]] : [])))

/** @throws PersonalDataTampered unless the sealed part has the shape in which it was written */
function sealedOf({ ref, data }: { readonly ref: ViewRef; readonly data: JsonObject }): SealedMembers | undefined {
  const sealed = data[SEALED] as unknown
  if (sealed === undefined) return undefined
  const [one, ...others] = areSealedMembers(sealed) ? sealed : []
  if (one === undefined || others.length > 0 || parseKeyReference(one.k) === undefined) {
    throw new PersonalDataTampered(viewId(ref))
  }
  return one
}
