import type { LeaseDocument, LeaseStore } from '../port/lease-store.ts'
import type { SaveCondition } from '../port/save.ts'
import type { StoragePort } from '../port/storage.ts'
import { fullInterval } from '../positions/hash-interval.ts'

/**
 * The reserved projection under which it is kept among the leases which code each group runs. Workers follow the leases
 * anyway, so they learn of another code at no further cost. No projection can take this name.
 */
export const GROUPS = '$groups'

/**
 * What a group's code does with the operations of its contract, or a rule's with types of events; it skips those that are
 * not named.
 */
export type GroupCode = {
  readonly version: number
  readonly operations: { readonly [operation: string]: 'handled' | 'parked' }
  /** A hash of the source text of its functions, if a change of it without a new version is to be told. */
  readonly fingerprint?: string
  /** When a worker first started with these functions, if it was stored: ISO 8601 in UTC. */
  readonly since?: string
}

/** The code that a group runs, as it is stored. */
export type StoredGroup = { readonly name: string; readonly code: GroupCode }

const groupId = (name: string): string => `${GROUPS}:1:${name}`

/** What a document among the leases says of a group; undefined for any other document. */
export function groupIn(document: LeaseDocument): StoredGroup | undefined {
  const { of, code } = document as { readonly of?: unknown; readonly code?: unknown }
  if (document.projection !== GROUPS || typeof of !== 'string') return undefined
  return { name: of, code: code as GroupCode }
}

/** Whether two are the same code, as far as it decides who may run it. */
export function isSameCode(a: GroupCode, b: GroupCode): boolean {
  const names = Object.keys(a.operations)
  return (
    a.version === b.version &&
    names.length === Object.keys(b.operations).length &&
    names.every((name) => Object.hasOwn(b.operations, name) && a.operations[name] === b.operations[name])
  )
}

/** The code that a group runs, and the condition for replacing it. */
export async function readGroup(
  leases: LeaseStore,
  name: string,
): Promise<{ readonly code: GroupCode | undefined; readonly condition: SaveCondition }> {
  const found = await leases.get(groupId(name))
  return { code: found && groupIn(found.document)?.code, condition: found ? { ifMatch: found.etag } : 'ifAbsent' }
}

/** Stores which code a group runs. @returns whether the condition held */
export async function saveGroup(
  { leases, incarnation }: Pick<StoragePort, 'leases' | 'incarnation'>,
  { name, code }: StoredGroup,
  condition: SaveCondition,
): Promise<boolean> {
  const place = { owner: null, expiresAt: 0, continuation: null, readTo: 0, range: fullInterval, incarnation }
  const document = { ...place, id: groupId(name), projection: GROUPS, version: 1, of: name, code: { ...code } }
  return (await leases.save(document, condition)).saved
}
