import { headers, type MsgHdrs } from '@nats-io/transport-node'
import type { CloudEvent } from '../../cloud-events/cloud-event.ts'
import { isStructured } from '../../cloud-events/media-types.ts'
import { type ParsedCloudEvent, parseCloudEvent, parseStructured } from '../../cloud-events/parse-cloud-event.ts'
import { decodeHeader, encodeHeader } from '../../cloud-events/percent-encoding.ts'

const PREFIX = 'ce-'

/** The headers of an event in binary mode, as CloudEvents' binding for NATS names them. */
export function eventHeaders({ attributes }: CloudEvent): MsgHdrs {
  const found = headers()
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) found.set(`${PREFIX}${name}`, encodeHeader(value))
  }
  return found
}

/** What a message of NATS contains. */
export type NatsMessage = { readonly headers?: MsgHdrs | undefined; readonly data: Uint8Array }

/** The event in a message, in either mode, or why it contains no event. */
export function eventIn({ headers: given, data }: NatsMessage): ParsedCloudEvent {
  const attributes: { [name: string]: string } = {}
  let contentType: string | undefined
  for (const [name, [value = '']] of given ?? []) {
    const lower = name.toLowerCase()
    if (lower === 'content-type') contentType = value
    if (!lower.startsWith(PREFIX)) continue
    const decoded = decodeHeader(value)
    if (decoded === undefined) return { fault: `${lower} is not encoded in UTF-8` }
    attributes[lower.slice(PREFIX.length)] = decoded
  }
  return isStructured(contentType) ? parseStructured(data) : parseCloudEvent(attributes, data)
}
