import type { JsonObject } from '../../core/json/json.ts'

/** The store of a user's events. */
export const USER_LOG = 'user-log'

type UserEvent = {
  readonly type: string
  readonly data: JsonObject & { readonly type?: string | undefined; readonly timestamp?: string | undefined }
  readonly metadata: { readonly recordedAt: string }
}

/** The subject of an event: its user; null if it names none. */
export const userSubject = ({ data }: { readonly data: { readonly user_id?: string | undefined } }): string | null =>
  data.user_id === undefined ? null : `user:${data.user_id}`

/** When an event happened: when it was recorded, if it does not say. */
export const timeOf = ({ data, metadata }: UserEvent): string => data.timestamp ?? metadata.recordedAt

/** An event as the user's log has it. */
export const entryOf = (event: UserEvent): JsonObject => ({
  ...event.data,
  type: event.data.type ?? event.type,
  timestamp: timeOf(event),
})
