import { argumentError } from '../broker/broker-error.ts'
import { codec } from '../messages/codec.ts'
import { text, whole } from './arguments.ts'
import { DONE, type Operation } from './request.ts'

/** Operations on the sessions of an entity, by their names. */
export const SESSION_OPERATIONS: Readonly<Record<string, Operation>> = {
  'com.microsoft:renew-session-lock': ({ namespace, entity, body }) => {
    const until = namespace.source(entity).renewSession(text(body, 'session-id'))
    return { status: 200, body: { expiration: codec.wrap_timestamp(until) } }
  },

  'com.microsoft:set-session-state': ({ namespace, entity, body }) => {
    const state = body['session-state']
    if (state != null && !Buffer.isBuffer(state)) throw argumentError('The request needs bytes as session-state.')
    namespace.source(entity).setSessionState(text(body, 'session-id'), state ?? undefined)
    return DONE
  },

  'com.microsoft:get-session-state': ({ namespace, entity, body }) => {
    const state = namespace.source(entity).sessions.state(text(body, 'session-id'))
    return { status: 200, body: { 'session-state': state === undefined ? null : codec.wrap_binary(state) } }
  },

  'com.microsoft:get-message-sessions': ({ namespace, entity, body }) => {
    const queue = namespace.source(entity)
    const ids = new Set(queue.sessions.states.keys())
    for (const { sessionId } of queue.messages.all()) if (sessionId !== undefined) ids.add(sessionId)
    const [skip, top] = [whole(body, 'skip'), whole(body, 'top')]
    const found = [...ids].sort().slice(skip, skip + top)
    return found.length === 0
      ? { status: 204 }
      : { status: 200, body: { skip: skip + found.length, 'sessions-ids': found } }
  },
}
