import { argumentError, notImplemented } from '../broker/broker-error.ts'
import { annotated } from '../broker/messages/annotated.ts'
import { modificationsOf } from '../broker/messages/modifications.ts'
import { ARRAY_OF, codec } from '../messages/codec.ts'
import { parseMessage } from '../messages/message.ts'
import { list, text, tokens, whole, wholes } from './arguments.ts'
import { DONE, type Operation } from './request.ts'

const MAX_PEEKED = 250

/** Operations on the messages of an entity, by their names. */
export const MESSAGE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'com.microsoft:renew-lock': ({ namespace, entity, body }) => {
    const queue = namespace.source(entity)
    const expirations = tokens(body, 'lock-tokens').map((token) => queue.renewLock(token))
    return { status: 200, body: { expirations: codec.wrap_array(expirations, ARRAY_OF.timestamp) } }
  },

  'com.microsoft:peek-message': ({ namespace, entity, body }) => {
    const queue = namespace.source(entity)
    queue.advance()
    const session = body['session-id'] === undefined ? undefined : text(body, 'session-id')
    const count = Math.min(whole(body, 'message-count'), MAX_PEEKED)
    const found = queue.messages.peek(whole(body, 'from-sequence-number'), count, session)
    if (found.length === 0) return { status: 204 }
    const withBody = body['omit-message-body'] !== true
    const messages = found.map((stored) =>
      codec.wrap_map({ message: codec.wrap_binary(annotated({ ...stored, lock: undefined }, withBody)) }),
    )
    return { status: 200, body: { messages } }
  },

  'com.microsoft:schedule-message': ({ namespace, entity, body }) => {
    const messages = list(body, 'messages').map((entry) => {
      const { message } = entry as { readonly message?: unknown }
      if (!Buffer.isBuffer(message)) throw argumentError('The request needs an encoded message in each of messages.')
      return parseMessage(message)
    })
    const numbers = namespace.destination(entity).send(messages)
    return { status: 200, body: { 'sequence-numbers': codec.wrap_array(numbers, ARRAY_OF.long) } }
  },

  'com.microsoft:cancel-scheduled-message': ({ namespace, entity, body }) => {
    namespace.destination(entity).cancelScheduled(wholes(body, 'sequence-numbers'))
    return DONE
  },

  'com.microsoft:receive-by-sequence-number': ({ namespace, entity, body }) => {
    const removes = whole(body, 'receiver-settle-mode') === 0
    const session = body['session-id'] === undefined ? undefined : text(body, 'session-id')
    const found = namespace.source(entity).takeDeferred(wholes(body, 'sequence-numbers'), session, removes)
    const messages = found.map((stored) =>
      codec.wrap_map({
        message: codec.wrap_binary(annotated(stored)),
        ...(stored.lock !== undefined && { 'lock-token': codec.wrap_uuid(Buffer.from(stored.lock.token, 'hex')) }),
      }),
    )
    return { status: 200, body: { messages } }
  },

  'com.microsoft:update-disposition': ({ namespace, entity, body }) => {
    const queue = namespace.source(entity)
    const status = text(body, 'disposition-status')
    const changes = modificationsOf(body['properties-to-modify'])
    const [reason, description] = [body['deadletter-reason'], body['deadletter-description']]
    const why = {
      ...(reason != null && { reason: `${reason}` }),
      ...(description != null && { description: `${description}` }),
    }
    for (const token of tokens(body, 'lock-tokens')) {
      if (status === 'completed') queue.complete(token)
      else if (status === 'abandoned') queue.abandon(token, changes)
      // As the service spells it.
      else if (status === 'defered') queue.defer(token, changes)
      else if (status === 'suspended') queue.deadLetter(token, why, changes)
      else throw notImplemented(`The disposition ${JSON.stringify(status)} is not known.`)
    }
    return DONE
  },
}
