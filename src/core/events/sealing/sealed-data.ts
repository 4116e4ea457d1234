import { PersonalDataTampered } from '../../errors/privacy.ts'
import type { Json, JsonObject } from '../../json/json.ts'
import { isPlainObject } from '../../json/json-faults.ts'
import type { EventDocument } from '../../port/event-document.ts'
import { eventReference } from '../event-reference.ts'

/** The member of stored data that contains what was sealed. */
export const SEALED = '$personal'

/** The member of stored data that tells where members are that are stored apart. */
export const APART = '$apart'

/** Members of one person, sealed. */
export type SealedMembers = {
  /** The key: `<key id>.<generation>`. */
  readonly k: string
  /** The names of the members, sorted. */
  readonly f: readonly string[]
  /** Base64url: nonce, ciphertext and tag of the canonical JSON of an object of the members. */
  readonly c: string
}

/** Where the value of a member is that is stored apart. */
export type PayloadReference = {
  /** The name of the rule that chose the store. */
  readonly in: string
  /** The object's key in the store. */
  readonly key: string
  /** Size of the stored object. */
  readonly bytes: number
  /** SHA-256 of the stored object, in hexadecimal. */
  readonly sha256: string
  /** The person's key, if the member is personal: `<key id>.<generation>`. */
  readonly k?: string
}

/** Whether some of the data is sealed or stored apart. */
export const isSealed = (data: JsonObject): boolean => data[SEALED] !== undefined || data[APART] !== undefined

/** What was sealed in stored data. */
export const sealedMembersOf = (data: JsonObject): readonly SealedMembers[] =>
  (data[SEALED] ?? []) as unknown as readonly SealedMembers[]

/** What of stored data is stored apart, by the name of the member. */
export const payloadReferencesOf = (data: JsonObject): { readonly [member: string]: PayloadReference } =>
  (data[APART] ?? {}) as unknown as { readonly [member: string]: PayloadReference }

/** The keys that stored data was sealed under, each once. */
export function keysOf(data: JsonObject): readonly string[] {
  const keys = new Set(sealedMembersOf(data).map(({ k }) => k))
  for (const { k } of Object.values(payloadReferencesOf(data))) if (k !== undefined) keys.add(k)
  return [...keys]
}

/** The keys that stored data was sealed under, each once, with a member that it seals. */
export function sealedPartsOf(data: JsonObject): readonly { readonly key: string; readonly member: string }[] {
  const parts = new Map(sealedMembersOf(data).map(({ k, f }) => [k, f[0] ?? '']))
  for (const [member, { k }] of Object.entries(payloadReferencesOf(data))) if (k !== undefined) parts.set(k, member)
  return [...parts].map(([key, member]) => ({ key, member }))
}

/**
 * Whether the sealed parts of stored data have the shape in which they were written: each member is in one of them, and
 * in clear nowhere. Anything else was edited.
 */
export function hasSealedShape(data: JsonObject): boolean {
  const { [SEALED]: sealed, [APART]: apart } = data
  if (sealed !== undefined && !areSealedMembers(sealed)) return false
  if (apart !== undefined && !areReferences(apart)) return false
  const members = [...sealedMembersOf(data).flatMap(({ f }) => f), ...Object.keys(payloadReferencesOf(data))]
  const isInClear = members.some((member) => Object.hasOwn(data, member))
  return !isInClear && new Set(members).size === members.length
}

/** @throws PersonalDataTampered unless the sealed parts of an event have the shape in which they were written */
export function assertSealedShape({ eventData, stream }: Pick<EventDocument, 'eventData' | 'stream'>): void {
  if (!hasSealedShape(eventData)) throw new PersonalDataTampered(eventReference(stream.id, stream.version))
}

/** Whether a stored value is a list of sealed members, as they were written. */
export const areSealedMembers = (sealed: unknown): sealed is readonly SealedMembers[] =>
  Array.isArray(sealed) && sealed.length > 0 && sealed.every(isSealedPart)

const isSealedPart = (one: Partial<SealedMembers> | null | undefined): boolean =>
  typeof one?.k === 'string' && typeof one.c === 'string' && Array.isArray(one.f) && areMembers(one.f)

// Sorted, as they were written, so that each is there once.
const areMembers = (names: readonly unknown[]): boolean =>
  names.length > 0 && names.every((name, i) => isMember(name) && (i === 0 || (names[i - 1] as string) < name))

// An assignment to the prototype's name would be lost.
const isMember = (name: unknown): name is string => isText(name) && name !== '__proto__'

function areReferences(apart: Json): boolean {
  if (typeof apart !== 'object' || apart === null || !isPlainObject(apart)) return false
  const references = Object.entries(apart)
  return references.length > 0 && references.every(([member, one]) => isMember(member) && isReference(one))
}

function isReference(value: unknown): boolean {
  const { in: rule, key, sha256, bytes, k = '' } = (value ?? {}) as { readonly [member: string]: unknown }
  return [rule, key, sha256, k].every(isText) && typeof bytes === 'number'
}

const isText = (value: unknown): value is string => typeof value === 'string'
