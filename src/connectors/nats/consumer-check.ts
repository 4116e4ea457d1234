import type { ConsumerConfig, JetStreamManager } from '@nats-io/jetstream'
import { BusEntityUnsuitable } from '../../core/errors/bus.ts'
import { away } from './failures.ts'

/** Which durable consumer is received from, and where messages go that are no events. */
export type ConsumerNames = {
  readonly stream: string
  readonly consumer: string
  readonly deadLetters: string
}

/**
 * Checks that a consumer delivers one message at a time, and again until it is acknowledged, and that another stream
 * stores dead letters. More than one message at a time would let two receivers have messages of one key.
 *
 * @throws BusEntityUnsuitable, DestinationUnavailable
 */
export async function checkConsumer(manager: JetStreamManager, names: ConsumerNames): Promise<void> {
  const { stream, consumer, deadLetters } = names
  const entity = `${stream}/${consumer}`
  const unsuitable = (fault: string, cause?: unknown) => new BusEntityUnsuitable(entity, fault, { cause })
  const found = await manager.consumers.info(stream, consumer).catch((error: unknown) => {
    if (isMissing(error)) throw unsuitable('the stream or its durable consumer does not exist: create it', error)
    throw away(error, entity)
  })
  const fault = faultOf(found.config)
  if (fault !== undefined) throw unsuitable(fault)
  const keeper = await manager.streams.find(deadLetters).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw away(error, entity)
  })
  if (keeper === undefined)
    throw unsuitable(`no stream stores dead letters: create one with the subject ${deadLetters}`)
  if (keeper === stream) throw unsuitable(`dead letters must be stored in another stream than ${stream}`)
}

/** What is wrong with a consumer, and what to set instead. */
export function faultOf(config: ConsumerConfig): string | undefined {
  if (config.deliver_subject !== undefined) return 'it must be a pull consumer'
  if (config.ack_policy !== 'explicit') return 'set ack_policy to explicit'
  if (config.max_ack_pending !== 1) return 'set max_ack_pending to 1, or two receivers could have messages of one key'
  if (config.max_deliver !== undefined && config.max_deliver > 0) return 'set max_deliver to -1, or messages are lost'
  return undefined
}

// 404, also of a subject that no stream stores.
const isMissing = (error: unknown): boolean => Object(error).status === 404
