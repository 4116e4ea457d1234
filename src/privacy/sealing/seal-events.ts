import { InvalidConfiguration, InvalidEvent } from '../../core/errors/input.ts'
import { PersonForgotten } from '../../core/errors/privacy.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { apartOf, personalOf } from '../../core/events/describe.ts'
import { APART, type PayloadReference, SEALED, type SealedMembers } from '../../core/events/sealing/sealed-data.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import { parseStreamId } from '../../core/stream-id.ts'
import { digestOf, type PayloadDigest } from '../payloads/integrity.ts'
import { objectKey } from '../payloads/object-key.ts'
import type { NewPayload, Payloads } from '../payloads/payloads.ts'
import type { Keys } from '../vault/people/keys.ts'
import { boundToEvent, boundToPayload, type EventPlace } from './bound-to.ts'
import type { PersonKeys } from './derived-keys.ts'
import { memberJson } from './member-json.ts'
import { type PersonalMembers, personalMembers } from './person-of.ts'
import { seal } from './seal.ts'
import { sealText } from './sealed-text.ts'

/** What of an event is sealed, and what is stored apart. */
type Plan = { readonly personal: readonly PersonalMembers[]; readonly apart: readonly string[] }

/** An object that belongs to a member of one of the events. */
type Payload = NewPayload & {
  readonly event: number
  readonly field: string
  readonly digest: PayloadDigest
  readonly reference: string | undefined
}

/** What events are sealed with. */
export type EventSealingParts = { readonly keys: Keys; readonly payloads: Payloads | undefined }

/**
 * Seals the personal members of events and stores members apart; see `EventSealing`.
 *
 * @throws PersonForgotten, InvalidPersonId, KeysUnavailable, PayloadStoreFailed, InvalidEvent for data with members of
 *   reserved names, NotJson, InvalidConfiguration if a member is stored apart and the vault has no payload stores
 */
export async function sealEvents(
  { keys, payloads }: EventSealingParts,
  streamId: string,
  documents: readonly NewEventDocument[],
  definitions: EventDefinitions,
): Promise<readonly NewEventDocument[]> {
  const plans = documents.map((document) => planOf(document, definitions))
  const people = plans.flatMap((plan) => plan?.personal.map(({ person }) => person) ?? [])
  const keysOf = people.length > 0 ? await keysOfPeople(keys, people) : new Map<string, PersonKeys>()
  const objects: Payload[] = []
  const sealed = documents.map((document, i) => {
    const plan = plans[i]
    if (plan === undefined) return document
    const place = { streamId, ...document }
    for (const field of plan.apart)
      objects.push({ ...payloadOf(place, document, plan, keysOf, field), event: i, field })
    return { ...document, eventData: sealData(place, document.eventData, plan, keysOf) }
  })
  if (objects.length === 0) return sealed
  const references = await store(payloads, documents, objects)
  return sealed.map((document, i) =>
    references[i]
      ? { ...document, eventData: { ...document.eventData, [APART]: references[i] as JsonObject } }
      : document,
  )
}

function planOf({ eventType, eventData }: NewEventDocument, definitions: EventDefinitions): Plan | undefined {
  const definition = Object.hasOwn(definitions, eventType) ? definitions[eventType] : undefined
  if (definition === undefined) return undefined
  const personal = personalOf(definition).flatMap(
    (rule) => personalMembers(`Event type ${eventType}`, rule, eventData) ?? [],
  )
  const apart = apartOf(definition).filter(
    (name) => Object.hasOwn(eventData, name) && (eventData[name] ?? null) !== null,
  )
  if (personal.length === 0 && apart.length === 0) return undefined
  for (const name of [SEALED, APART]) {
    if (Object.hasOwn(eventData, name)) throw new InvalidEvent(`Data of ${eventType} cannot have a member ${name}`)
  }
  return { personal, apart }
}

async function keysOfPeople(keys: Keys, people: readonly string[]): Promise<ReadonlyMap<string, PersonKeys>> {
  const found = await keys.forSealing(people)
  for (const [person, key] of found) if (key === 'forgotten') throw new PersonForgotten(person)
  return found as ReadonlyMap<string, PersonKeys>
}

function sealData(
  place: EventPlace,
  data: JsonObject,
  { personal, apart }: Plan,
  keysOf: ReadonlyMap<string, PersonKeys>,
): JsonObject {
  const left: { [name: string]: Json | undefined } = { ...data }
  const sealed: SealedMembers[] = []
  for (const { person, members } of personal) {
    for (const name of members) delete left[name]
    const inside = members.filter((name) => !apart.includes(name))
    if (inside.length === 0) continue
    const key = keysOf.get(person) as PersonKeys
    const text = canonicalJson(
      Object.fromEntries(inside.map((name) => [name, memberJson(data, name, { isPersonal: true })])),
    )
    sealed.push({ k: key.ref, f: inside, c: sealText(key, boundToEvent(place, key.ref, inside), text) })
  }
  for (const name of apart) delete left[name]
  if (sealed.length === 0) return left
  // In an order of their own, so that a definition may list its people in another one when an append is repeated.
  sealed.sort((a, b) => ((a.f[0] as string) < (b.f[0] as string) ? -1 : 1))
  return { ...left, [SEALED]: sealed as unknown as Json }
}

function payloadOf(
  place: EventPlace,
  { eventType, eventData, metadata }: NewEventDocument,
  { personal }: Plan,
  keysOf: ReadonlyMap<string, PersonKeys>,
  field: string,
): Omit<Payload, 'event' | 'field'> {
  const owner = personal.find(({ members }) => members.includes(field))
  const text = canonicalJson(memberJson(eventData, field, { isPersonal: owner !== undefined }))
  const key = owner && (keysOf.get(owner.person) as PersonKeys)
  const content = key ? seal(key, boundToPayload(place, key.ref, field), text) : Buffer.from(text)
  const { category } = parseStreamId(place.streamId)
  const of = {
    owner: key?.ref ?? category,
    streamId: place.streamId,
    eventId: metadata.eventId,
    field,
  }
  const traits = { category, type: eventType, field, personal: key !== undefined, bytes: content.length }
  const digest = digestOf(content)
  return { key: objectKey(of, digest.sha256), content, traits, digest, reference: key?.ref }
}

/** @returns by event, the references by member */
async function store(
  payloads: Payloads | undefined,
  documents: readonly NewEventDocument[],
  objects: readonly Payload[],
): Promise<readonly (JsonObject | undefined)[]> {
  if (payloads === undefined) {
    const { traits } = objects[0] as Payload
    const reason = `${traits.field} of ${traits.type} is stored apart, which needs a payload store`
    throw new InvalidConfiguration('payloads', reason)
  }
  const places = await payloads.put(objects)
  const references: { [field: string]: Json }[] = documents.map(() => ({}))
  for (const [i, { event, field, digest, reference }] of objects.entries()) {
    const of: PayloadReference = {
      ...(places[i] as { in: string; key: string }),
      ...digest,
      ...(reference !== undefined && { k: reference }),
    }
    ;(references[event] as { [field: string]: Json })[field] = of
  }
  return references.map((one) => (Object.keys(one).length > 0 ? one : undefined))
}
