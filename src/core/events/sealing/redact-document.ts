import type { Json } from '../../json/json.ts'
import type { EventDocument } from '../../port/event-document.ts'
import type { EventDefinitions } from '../definition-types.ts'
import { personalOf } from '../describe.ts'
import type { OpenedDocument } from './open-documents.ts'
import { payloadReferencesOf, sealedMembersOf } from './sealed-data.ts'

/**
 * An opened event as it would have been opened after some of its keys were forgotten: with stand-ins for what these
 * keys opened. It needs no vault, so that what was opened earlier can be taken back at any time.
 *
 * @param stored the event as it is stored, which tells what was sealed under which key
 */
export function redactDocument(
  stored: EventDocument,
  opened: OpenedDocument,
  definition: EventDefinitions[string],
  isForgotten: (key: string) => boolean,
): OpenedDocument {
  const members = new Set<string>()
  for (const { k, f } of sealedMembersOf(stored.eventData)) {
    if (isForgotten(k)) for (const member of f) members.add(member)
  }
  for (const [member, { k }] of Object.entries(payloadReferencesOf(stored.eventData))) {
    if (k !== undefined && isForgotten(k)) members.add(member)
  }
  if (members.size === 0) return opened
  const standIns: { [member: string]: Json | undefined } = {}
  for (const { fields } of personalOf(definition)) Object.assign(standIns, fields)
  const data: { [member: string]: Json | undefined } = { ...opened.document.eventData }
  for (const member of members) {
    if (Object.hasOwn(standIns, member)) data[member] = standIns[member]
    else delete data[member]
  }
  const redacted = [...new Set([...(opened.redacted ?? []), ...members])]
  return { document: { ...opened.document, eventData: data }, redacted }
}
