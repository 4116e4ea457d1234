import type { AmqpError, Delivery } from 'rhea'
import { BrokerError, entityNotFound, messageTooLarge, notAllowed } from '../../broker/broker-error.ts'
import type { Queue } from '../../broker/queue.ts'
import type { Topic } from '../../broker/topic.ts'
import { type Message, parseBatch, parseMessage } from '../../messages/message.ts'
import { MalformedEncoding } from '../../messages/well-formed.ts'
import type { IncomingLink, MutableDelivery } from '../rhea.ts'
import { amqpError, BUSY, type ServerContext } from '../server-context.ts'
import { answerWithFaults } from './answer-with-faults.ts'

/** The format of a batch: data sections, each of which is an encoded message. */
const BATCH_FORMAT = 0x80013700

/** A batch of more messages is refused, however small. */
const MAX_BATCH = 4_500

/** A batch of more bytes is refused, even where one message may have more. */
const MAX_BATCH_BYTES = 1024 * 1024

/** Takes a message or a batch that a client sends, and tells it the outcome. */
export function receive(
  context: ServerContext,
  link: IncomingLink,
  { entity, delivery, bytes }: { readonly entity: Queue | Topic; readonly delivery: Delivery; readonly bytes: Buffer },
): void {
  answerWithFaults<AmqpError | undefined>(context, {
    point: { on: 'send', entity: entity.path },
    link,
    busy: () => BUSY,
    handle: () => errorOf(() => context.run(() => present(context, entity).send(messagesOf(bytes, delivery.format)))),
    reply: (error) => {
      if (error === undefined) delivery.accept()
      else delivery.reject(error)
    },
    keepSilent: () => {
      ;(delivery as MutableDelivery).settled = true
    },
  })
}

/** @throws BrokerError if the entity was removed */
function present({ namespace }: ServerContext, entity: Queue | Topic): Queue | Topic {
  if (namespace.destination(entity.path) === entity) return entity
  throw entityNotFound(`The messaging entity '${entity.path}' could not be found.`)
}

function errorOf(send: () => void): AmqpError | undefined {
  try {
    send()
    return undefined
  } catch (error) {
    if (error instanceof MalformedEncoding) return { condition: 'amqp:decode-error', description: error.message }
    if (error instanceof BrokerError) return amqpError(error)
    throw error
  }
}

const messagesOf = (bytes: Buffer, format: number): Message[] =>
  format === BATCH_FORMAT ? batchOf(bytes) : [parseMessage(bytes)]

function batchOf(bytes: Buffer): Message[] {
  if (bytes.length > MAX_BATCH_BYTES) {
    throw messageTooLarge(`A batch of ${bytes.length} bytes exceeds the limit of ${MAX_BATCH_BYTES}.`)
  }
  const messages = parseBatch(bytes)
  if (messages.length > MAX_BATCH) {
    throw notAllowed(`A batch of ${messages.length} messages exceeds the limit of ${MAX_BATCH}.`)
  }
  return messages
}
