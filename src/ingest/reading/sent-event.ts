import type { CloudEvent } from '../../cloud-events/cloud-event.ts'
import type { DataIssue } from '../../core/errors/input.ts'

/** An event as a request has it. */
export type SentEvent = {
  /** Where in the request, such as `[3]`; empty if it is the whole. */
  readonly path: string
  readonly event: CloudEvent
  /** The stream, if the mapping said which one. */
  readonly stream?: string | undefined
  /** Whether a mapping made it: its data is of the newest version of the schema. */
  readonly isMapped: boolean
  /** Whether its id is the sender's, so that a repeat is recognised. */
  readonly isIdentified: boolean
}

/** What reading a request gives: the events that are valid so far, and what is wrong with the others. */
export type SentEvents = {
  readonly events: SentEvent[]
  readonly issues: DataIssue[]
  /** Whether the response is a list, even if it has one event. */
  readonly isBatch: boolean
}

/** The path of a member: `[3].source`, or `source` if the event is the whole request. */
export function memberPath(path: string, member: string): string {
  return path === '' || member === '' || member.startsWith('[') ? path + member : `${path}.${member}`
}
