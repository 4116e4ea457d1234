import { InvalidConfiguration } from '../../core/errors/input.ts'
import { PayloadLost, PayloadTampered } from '../../core/errors/payload.ts'
import { PersonalDataTampered, PersonalKeyMissing } from '../../core/errors/privacy.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { personalOf } from '../../core/events/describe.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import {
  APART,
  assertSealedShape,
  type PayloadReference,
  payloadReferencesOf,
  SEALED,
  type SealedMembers,
  sealedMembersOf,
} from '../../core/events/sealing/sealed-data.ts'
import type { Opened } from '../../core/events/sealing/vault.ts'
import type { Json } from '../../core/json/json.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { parseStreamId } from '../../core/stream-id.ts'
import { objectPrefix } from '../payloads/object-key.ts'
import type { PayloadReference as Fetched } from '../payloads/payloads.ts'
import { parseKeyReference } from '../vault/people/key-reference.ts'
import type { KeyAnswer } from '../vault/people/keys.ts'
import { boundToEvent, boundToPayload, type EventPlace } from './bound-to.ts'
import type { PersonKeys } from './derived-keys.ts'
import { open } from './seal.ts'
import type { EventSealingParts } from './seal-events.ts'
import { openMembers } from './sealed-text.ts'

/** An event while it is opened. */
type Opening = {
  readonly document: EventDocument
  readonly where: string
  readonly sealed: readonly SealedMembers[]
  readonly apart: readonly (readonly [member: string, reference: PayloadReference])[]
}

/**
 * Opens events; see `EventSealing`.
 *
 * @throws PersonalKeyMissing, PersonalDataTampered, KeysUnavailable, PayloadLost, PayloadStoreFailed, PayloadTampered
 */
export async function openEvents(
  parts: EventSealingParts,
  documents: readonly EventDocument[],
  definitions: EventDefinitions,
  { personal }: { readonly personal: boolean },
): Promise<readonly Opened[]> {
  const openings = documents.map((document) => openingOf(document, personal))
  try {
    return await openAll(parts, openings, definitions, false)
  } catch (error) {
    // The payload of a person who is being forgotten by another process is gone while their key is still cached here.
    if (!(error instanceof PayloadLost) || !personal) throw error
    return openAll(parts, openings, definitions, true)
  }
}

async function openAll(
  parts: EventSealingParts,
  openings: readonly Opening[],
  definitions: EventDefinitions,
  fresh: boolean,
): Promise<readonly Opened[]> {
  const references = new Set(
    openings.flatMap(({ sealed, apart }) => [...sealed.map(({ k }) => k), ...apart.flatMap(([, { k = [] }]) => k)]),
  )
  const read = async (options = {}): Promise<ReadonlyMap<string, KeyAnswer>> =>
    references.size > 0 ? parts.keys.forOpening(references, options) : new Map()
  let keys = await read({ fresh })
  const keyOf = (reference: string, where: string): PersonKeys | undefined => {
    const key = keys.get(reference) ?? 'missing'
    if (key === 'missing') throw new PersonalKeyMissing(where)
    return key === 'forgotten' ? undefined : key
  }
  const contents = await fetchAll(parts, openings, keyOf)
  // That may have taken so long that a person was forgotten meanwhile. Usually the keys are cached.
  if (contents.size > 0) keys = await read()
  return openings.map((opening) => openOne(opening, definitions, keyOf, contents))
}

type KeyOf = (reference: string, where: string) => PersonKeys | undefined
type Contents = ReadonlyMap<PayloadReference, Uint8Array>

async function fetchAll(
  { payloads }: EventSealingParts,
  openings: readonly Opening[],
  keyOf: KeyOf,
): Promise<Contents> {
  const wanted: { readonly reference: PayloadReference; readonly fetched: Fetched }[] = []
  for (const { document, where, apart } of openings) {
    for (const [field, reference] of apart) {
      if (reference.k !== undefined && keyOf(reference.k, where) === undefined) continue
      assertOwn(document, where, field, reference)
      wanted.push({ reference, fetched: { ...reference, event: where, field } })
    }
  }
  if (wanted.length === 0) return new Map()
  if (payloads === undefined) {
    throw new InvalidConfiguration(
      'payloads',
      `${wanted[0]?.fetched.field} of an event is stored apart: name its store`,
    )
  }
  const contents = await payloads.fetch(wanted.map(({ fetched }) => fetched))
  return new Map(wanted.map(({ reference }, i) => [reference, contents[i] as Uint8Array]))
}

/**
 * @throws PayloadTampered, or PersonalDataTampered for a personal one, if a reference was edited so that it names an
 *   object of another event, or of none
 */
function assertOwn({ stream, metadata }: EventDocument, where: string, field: string, reference: PayloadReference) {
  const { in: rule, key, k } = reference
  const owner = k ?? parseStreamId(stream.id).category
  const prefix = objectPrefix({ owner, streamId: stream.id, eventId: metadata.eventId, field })
  if (key.startsWith(prefix)) return
  throw k === undefined ? new PayloadTampered(where, field, { rule, key }) : new PersonalDataTampered(where)
}

function openOne(
  { document, where, sealed, apart }: Opening,
  definitions: EventDefinitions,
  keyOf: KeyOf,
  contents: Contents,
): Opened {
  const { [SEALED]: _sealed, [APART]: _apart, ...clear } = document.eventData
  const place = { ...document, streamId: document.stream.id }
  const opened: { [member: string]: Json | undefined } = {}
  const redacted: string[] = []
  const used = new Set<string>()
  for (const { k, f, c } of sealed) {
    const key = keyOf(k, where)
    const members = key && openMembers(key, boundToEvent(place, k, f), c, f)
    if (key && members === undefined) throw new PersonalDataTampered(where)
    if (members) Object.assign(opened, members)
    else redacted.push(...f)
    if (key) used.add(k)
  }
  for (const [field, reference] of apart) {
    const key = reference.k === undefined ? undefined : keyOf(reference.k, where)
    const content = contents.get(reference)
    if (content === undefined || (reference.k !== undefined && key === undefined)) redacted.push(field)
    else opened[field] = payloadValue(place, where, field, reference, key, content)
    if (key) used.add(key.ref)
  }
  const standIns = standInsOf(document, definitions, redacted)
  return { data: { ...clear, ...opened, ...standIns }, redacted: redacted.sort(), keys: [...used] }
}

function payloadValue(
  place: EventPlace,
  where: string,
  field: string,
  reference: PayloadReference,
  key: PersonKeys | undefined,
  content: Uint8Array,
): Json {
  const bytes = key ? open(key, boundToPayload(place, key.ref, field), content) : content
  if (bytes === undefined) throw new PersonalDataTampered(where)
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Json
  } catch {
    throw new PayloadTampered(where, field, { rule: reference.in, key: reference.key })
  }
}

/** Members without a stand-in, which the definition no longer names, are left out. */
function standInsOf({ eventType }: EventDocument, definitions: EventDefinitions, redacted: readonly string[]) {
  const definition = Object.hasOwn(definitions, eventType) ? definitions[eventType] : undefined
  const standIns: { [member: string]: Json | undefined } = {}
  if (definition === undefined || redacted.length === 0) return standIns
  for (const { fields } of personalOf(definition)) {
    for (const name of redacted) if (Object.hasOwn(fields, name)) standIns[name] = fields[name]
  }
  return standIns
}

/** @throws PersonalDataTampered unless the sealed parts have the shape in which they were written */
function openingOf(document: EventDocument, personal: boolean): Opening {
  assertSealedShape(document)
  const where = eventReference(document.stream.id, document.stream.version)
  const sealed = personal ? sealedMembersOf(document.eventData) : []
  const all = Object.entries(payloadReferencesOf(document.eventData))
  const apart = personal ? all : all.filter(([, { k }]) => k === undefined)
  const references = [...sealed, ...apart.map(([, reference]) => reference)].flatMap(({ k = [] }) => k)
  if (!references.every(parseKeyReference)) throw new PersonalDataTampered(where)
  return { document, where, sealed, apart }
}
