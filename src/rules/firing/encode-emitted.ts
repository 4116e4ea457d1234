import { type DataIssue, InvalidEventData } from '../../core/errors/input.ts'
import { withheld } from '../../core/errors/withheld.ts'
import { encodeEvents } from '../../core/events/codec.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import { type Evaluation, partFailed } from '../evaluation/call-part.ts'
import type { Emitted } from '../evaluation/decision.ts'

/** The document of an event that a rule emits, in clear. @throws RuleFailed if the data does not fit its schema */
export async function encodeEmitted(
  evaluation: Evaluation,
  { events, type, data }: Emitted,
): Promise<NewEventDocument> {
  try {
    const [document] = await encodeEvents(events, [{ type, data: data as JsonObject }])
    return document as NewEventDocument
  } catch (error) {
    // What a schema says may quote the event.
    const isInvalid = error instanceof InvalidEventData
    const at = isInvalid ? [...new Set(error.issues.map(memberAt))].join(', ') : ''
    const what = isInvalid ? `returned data that its schema refuses (${at})` : 'returned data that cannot be stored'
    throw partFailed(evaluation, `emit ${type}`, what, { cause: withheld(error) })
  }
}

// The first step of a path. Deeper ones may be keys that are content, as of a record.
const memberAt = ({ path }: DataIssue): string => /^[A-Za-z_]\w*(?=[.[]|$)/.exec(path)?.[0] ?? 'data'
