import type { JsonObject } from '../../json/json.ts'

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
