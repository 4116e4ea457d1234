import type { CloudEvent } from '../../cloud-events/cloud-event.ts'
import { inboxStream } from '../../cloud-events/to-new-event.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json/json.ts'
import { formatStreamId } from '../../core/stream-id.ts'
import { InvalidRequest } from '../../ingest/errors.ts'
import { type Ingestion, ingestion } from '../../ingest/ingestion.ts'
import type { MappedEvent } from '../../ingest/ingestion-options.ts'
import { subjectStream } from '../../rules/index.ts'
import type { Storage } from '../../views/with-views.ts'
import { shopEvents } from './events.ts'
import { readShopEvent } from './read-event.ts'

// Of plain JSON, which does not say where it comes from.
const SOURCE = '/shop/site'

/**
 * Accepts the site's events, as CloudEvents or as plain JSON. Those of a user are one stream, so that rules take them in
 * the order in which they came. Types that the shop does not know are stored, too.
 *
 * @param tell called for each of these with its type
 */
export const acceptEvents = (
  storage: Storage,
  { tell, onError }: { readonly tell: (type: string) => void; readonly onError: (error: unknown) => void },
): Ingestion =>
  ingestion(storage, {
    authenticate: 'none',
    events: shopEvents,
    mapping: mapEvent,
    stream({ type, data, attributes }) {
      if (!Object.hasOwn(shopEvents.definitions, type)) tell(type)
      return userStreamOf(data) ?? inboxStream({ attributes } as CloudEvent)
    },
    onError,
  })

function mapEvent(value: Json): MappedEvent {
  if (!isJsonObject(value)) throw new InvalidRequest([{ path: '', message: 'an event must be a JSON object' }])
  const event = readShopEvent(value)
  if (event === undefined) throw new InvalidRequest([{ path: 'type', message: 'it is missing, or no text' }])
  const { type, id, userId, time, data } = event
  try {
    userStreamOf(data)
  } catch {
    throw new InvalidRequest([{ path: 'user_id', message: 'it cannot be part of the id of a stream' }])
  }
  return { type, source: SOURCE, id, time, subject: userId && `user:${userId}`, data }
}

/** The stream of a user's events. @throws InvalidStreamId for what cannot be the id of a user */
function userStreamOf({ user_id: id }: JsonObject): string | undefined {
  if (typeof id !== 'string') return undefined
  // Its subject has a stream, too.
  subjectStream(`user:${id}`)
  return formatStreamId({ category: 'user', id })
}
