import { type AppendStorage, appendEvents } from '../core/append/append-events.ts'
import { uuidOf } from '../core/append/uuid.ts'
import { EventIdReused, StreamDeleted, WrongExpectedVersion } from '../core/errors/append.ts'
import { CLAIM_LAPSED } from '../core/port/event-document.ts'
import { type Claim, streamOf } from './claim.ts'

/**
 * Ends the append that a claim was made for, by occupying its version: then it never happens, even if its process only
 * sleeps. All who end the same one append the same note.
 *
 * @returns whether the version is occupied by the note; otherwise something else is stored there
 */
export async function endClaim(storage: AppendStorage, claim: Claim, name: string): Promise<boolean> {
  const streamId = streamOf(claim)
  const eventId = uuidOf(CLAIM_LAPSED, streamId, String(claim.at), name)
  const note = { eventType: CLAIM_LAPSED, eventData: { name }, metadata: { eventId } }
  try {
    await appendEvents(storage, streamId, [note], { expectedVersion: claim.at - 1 })
    return true
  } catch (error) {
    if (OTHERWISE.some((kind) => error instanceof kind)) return false
    throw error
  }
}

const OTHERWISE = [WrongExpectedVersion, EventIdReused, StreamDeleted]
