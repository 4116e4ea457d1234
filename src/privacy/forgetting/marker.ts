import { type AppendStorage, appendEvents } from '../../core/append/append-events.ts'
import { uuidOf } from '../../core/append/uuid.ts'
import { StreamDeleted } from '../../core/errors/append.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { FORGOTTEN, type NewEventDocument } from '../../core/port/event-document.ts'
import type { EventLog } from '../../core/port/event-log.ts'

/** That a person was forgotten, as the log says it. */
export type ForgottenPerson = {
  readonly person: string
  /** The id of the person's keys. */
  readonly key: string
  /** The last generation of the person's keys that was forgotten. */
  readonly through: number
}

/** The stream of the markers of one person's keys. */
const markerStream = (keyId: string): string => `$privacy:${keyId}`

/**
 * Appends the event that tells projections. Its id is derived from what it says, so that a repeat, by this process or
 * another one, changes nothing. If the stream of the person's earlier markers was deleted, it gets a stream of its own.
 */
export async function appendMarker(storage: AppendStorage, { person, key, through }: ForgottenPerson): Promise<void> {
  const marker: NewEventDocument = {
    eventType: FORGOTTEN,
    eventData: { person, key, through },
    metadata: { eventId: uuidOf(FORGOTTEN, key, String(through)) },
  }
  try {
    await appendEvents(storage, markerStream(key), [marker], { expectedVersion: 'any' })
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error
    await appendEvents(storage, `${markerStream(key)}:${through}`, [marker], { expectedVersion: 'any' })
  }
}

/** Who was forgotten, according to a log; to be kept with backups, for `reapply`. */
export async function* listForgotten(log: EventLog, signal?: AbortSignal): AsyncGenerator<ForgottenPerson> {
  for await (const event of log.query({ types: [FORGOTTEN], ...(signal && { signal }) })) {
    const found = parseMarker(event)
    if (found) yield found
  }
}

function parseMarker({ eventData: { person, key, through } }: EventDocument): ForgottenPerson | undefined {
  const isValid = typeof person === 'string' && typeof key === 'string' && typeof through === 'number'
  return isValid ? { person, key, through } : undefined
}
