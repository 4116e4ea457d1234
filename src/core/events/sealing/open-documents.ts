import { VaultRequired } from '../../errors/privacy.ts'
import type { Json, JsonObject } from '../../json/json.ts'
import type { EventDocument } from '../../port/event-document.ts'
import type { EventDefinitions } from '../definition-types.ts'
import { personalOf } from '../describe.ts'
import { APART, assertSealedShape, isSealed, payloadReferencesOf, SEALED, sealedMembersOf } from './sealed-data.ts'
import type { Opened, Vault } from './vault.ts'

/** How events are opened. */
export type Opening = {
  readonly vault?: Pick<Vault, 'events'> | undefined
  /** Whether the reader gets personal members; default true. Without, no key is needed. */
  readonly personal?: boolean
  /** Called with the keys that opened personal members, if there were any. */
  readonly onKeys?: (keys: readonly string[]) => void
}

/** An event as it was before it was sealed, in its stored version. */
export type OpenedDocument = {
  readonly document: EventDocument
  readonly redacted?: readonly string[]
  /** The keys that opened personal members, if any did. */
  readonly keys?: readonly string[]
}

/**
 * Opens the documents of one page.
 *
 * @throws VaultRequired, PersonalDataTampered, and what the vault throws
 */
export async function openDocuments(
  documents: readonly EventDocument[],
  definitions: EventDefinitions,
  opening: Opening,
): Promise<readonly OpenedDocument[]> {
  const { vault, personal = true, onKeys } = opening
  const needing = documents.filter((document) => needsVault(document, personal))
  const opened = new Map<EventDocument, Opened>()
  if (needing.length > 0) {
    if (vault === undefined) throw vaultRequired(needing[0] as EventDocument, personal)
    const results = await vault.events.open(needing, definitions, { personal })
    for (const [i, document] of needing.entries()) opened.set(document, results[i] as Opened)
    const keys = new Set(results.flatMap((result) => result.keys))
    if (keys.size > 0) onKeys?.([...keys])
  }
  return documents.map((document) => {
    const result = opened.get(document)
    if (result) return withData(document, result.data, result)
    return isSealed(document.eventData) ? withData(document, withoutSealed(document.eventData)) : { document }
  })
}

function withData(
  document: EventDocument,
  eventData: JsonObject,
  { redacted, keys }: Pick<Opened, 'redacted' | 'keys'> = NOTHING,
): OpenedDocument {
  const opened = { document: { ...document, eventData } }
  return { ...opened, ...(redacted.length > 0 && { redacted }), ...(keys.length > 0 && { keys }) }
}

const NOTHING = { redacted: [], keys: [] }

// What is personal, and only that, can be left out without a vault.
function needsVault(document: EventDocument, personal: boolean): boolean {
  const { eventData } = document
  if (!isSealed(eventData)) return false
  if (personal) return true
  if (eventData[APART] === undefined) return false
  assertSealedShape(document)
  return Object.values(payloadReferencesOf(eventData)).some(({ k }) => k === undefined)
}

function withoutSealed({ [SEALED]: _sealed, [APART]: _apart, ...data }: JsonObject): JsonObject {
  return data
}

function vaultRequired(document: EventDocument, personal: boolean): VaultRequired {
  assertSealedShape(document)
  const { eventType, eventData } = document
  const apart = Object.entries(payloadReferencesOf(eventData)).find(([, { k }]) => personal || k === undefined)?.[0]
  return new VaultRequired(eventType, sealedMembersOf(eventData)[0]?.f[0] ?? apart ?? SEALED)
}

/**
 * The data of an event of an earlier version, with stand-ins in place of the personal members that a reader does not
 * get: upcasters were written for data that has them.
 */
export function withStandIns(data: JsonObject, definition: EventDefinitions[string]): JsonObject {
  const standIns: { [member: string]: Json | undefined } = {}
  for (const { fields } of personalOf(definition)) Object.assign(standIns, fields)
  return { ...standIns, ...data }
}

/** The data without its personal members. */
export function withoutPersonal(data: JsonObject, definition: EventDefinitions[string]): JsonObject {
  const members = personalMembersOf(definition)
  if (!members.some((member) => Object.hasOwn(data, member))) return data
  const left: { [member: string]: Json | undefined } = { ...data }
  for (const member of members) delete left[member]
  return left
}

// Asked for each event of a page.
const known = new WeakMap<EventDefinitions[string], readonly string[]>()

function personalMembersOf(definition: EventDefinitions[string]): readonly string[] {
  const found = known.get(definition)
  if (found) return found
  const members = personalOf(definition).flatMap(({ fields }) => Object.keys(fields))
  known.set(definition, members)
  return members
}
