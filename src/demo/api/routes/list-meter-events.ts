import { z } from 'zod'
import { openDocuments } from '../../../core/events/sealing/open-documents.ts'
import { SEALED } from '../../../core/events/sealing/sealed-data.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import { formatStreamId } from '../../../core/stream-id.ts'
import { meterEvents } from '../../domain/meters/events.ts'
import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { afterVersion, failures, limit, pageOf } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { meterParams, year } from '../schemas.ts'

const item = z.object({
  streamId: z.string(),
  version: z.int(),
  type: z.string().describe("Types that begin with $ are the store's own, for instance when books are closed"),
  data: z.looseObject({}),
  metadata: z.looseObject({}),
  redacted: z.array(z.string()).optional().describe('Members with stand-ins, because their customer was forgotten'),
})

/** `GET /meters/{id}/events?year=` */
export const listMeterEvents: Route = (api, { storage, meters }) => {
  api.route({
    method: 'GET',
    url: '/meters/:id/events',
    schema: {
      summary: 'The events of a meter in one year, by default the open one',
      params: meterParams,
      querystring: z.object({ year: year.optional(), limit, after: afterVersion }),
      response: { 200: pageOf(item), ...failures },
    },
    handler: async ({ params: { id }, query: { year, limit, after } }) => {
      assertMeterId(id)
      const { year: open } = await meters.find(id)
      const streamId = formatStreamId({ category: 'meter', id, period: year ?? open })
      const { events, version } = await storage.events.load(streamId, { from: after + 1, limit })
      const opened = await openDocuments(events, meterEvents.definitions, { vault: storage.vault })
      const items = opened.map(({ document: { stream, eventType, eventData, metadata }, redacted }) => ({
        streamId: stream.id,
        version: stream.version,
        type: eventType,
        data: withoutSecrets(eventData),
        metadata: withoutSecrets(metadata),
        ...(redacted && { redacted: [...redacted] }),
      }))
      const last = items.at(-1)?.version ?? version
      return { items, ...(last < version && { next: String(last) }) }
    },
  })
}

// Stored events of older releases contain the activation code itself. From its hash, and from the fingerprint of a
// request that contained it, a short code can be guessed. All of them also occur deeper: the mark that closes the books
// contains the event that opens the next year, which is why it may also contain sealed data.
const SECRET: ReadonlySet<string> = new Set([
  'activationCode',
  'activationCodeHash',
  'commandFingerprint',
  SEALED,
  // Of no use to readers.
  'salt',
  'mac',
])

const withoutSecrets = (value: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(value), (name, member) => (SECRET.has(name) ? undefined : member))
