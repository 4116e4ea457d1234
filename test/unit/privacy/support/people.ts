import { z } from 'zod'
import { uuidOf } from '../../../../src/core/append/uuid.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { EventDocument, NewEventDocument } from '../../../../src/core/port/event-document.ts'

export const { definitions } = defineEvents({
  MemberRegistered: {
    schema: z.object({ memberId: z.string(), plan: z.string(), name: z.string().optional(), email: z.string() }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)', email: '' } },
  },
  MembersMarried: {
    schema: z.object({ first: z.string(), second: z.string(), firstName: z.string(), secondName: z.string() }),
    personal: [
      { of: (data) => data.first, fields: { firstName: '(forgotten)' } },
      { of: (data) => data.second, fields: { secondName: '(gone)' } },
    ],
  },
  ScanStored: {
    schema: z.object({ memberId: z.string(), scan: z.string().nullable(), page: z.string() }),
    personal: { of: (data) => data.memberId, fields: { scan: null } },
    apart: ['scan', 'page'],
  },
  PlanChanged: z.object({ plan: z.string() }),
})

/** An event with an id that is derived from a name. */
export const newEvent = (eventType: string, eventData: JsonObject, name = 'one'): NewEventDocument => ({
  eventType,
  eventData,
  metadata: { eventId: uuidOf('test', name) },
})

/** The registration of a member. */
export const registered = (memberId: string, name = 'Ada Lovelace', event = memberId): NewEventDocument =>
  newEvent('MemberRegistered', { memberId, plan: 'basic', name, email: `${memberId}@example.org` }, event)

/** An event as a stream has it. */
export const stored = (streamId: string, event: NewEventDocument, version = 1): EventDocument => ({
  ...event,
  id: `${streamId}:${version}`,
  stream: { id: streamId, version },
  metadata: { ...event.metadata, recordedAt: '2026-01-01T00:00:00.000Z' },
})
