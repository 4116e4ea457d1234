import { codec } from '../../messages/codec.ts'
import { encodeMessage, type Message, textOf, withFields } from '../../messages/message.ts'
import { argumentError, entityDisabled, messageTooLarge, notAllowed, quotaExceeded } from '../broker-error.ts'
import type { EntityContext } from '../context.ts'
import type { IntakeSettings } from '../settings.ts'
import { DuplicateDetection } from './duplicates.ts'

/** A message that an entity takes, with its size as it was encoded. */
export type Admitted = { readonly message: Message; readonly size: number }

const MAX_ID_LENGTH = 128

/** Checks messages that are sent to an entity, and drops duplicates. */
export class Intake {
  readonly #path: string
  readonly #context: EntityContext
  readonly #taken: DuplicateDetection | undefined

  constructor(path: string, settings: IntakeSettings, context: EntityContext) {
    this.#path = path
    this.#context = context
    this.#taken = settings.requiresDuplicateDetection
      ? new DuplicateDetection(settings.duplicateDetectionHistoryTimeWindow, (id) =>
          context.store.removeTaken(path, id),
        )
      : undefined
  }

  /**
   * All messages, or none.
   *
   * @param bytes what the entity has now
   * @returns for each message what is stored, or `undefined` if it is a duplicate
   * @throws BrokerError if one of them cannot be taken
   */
  admit(settings: IntakeSettings, messages: readonly Message[], bytes: number, now: number): (Admitted | undefined)[] {
    if (settings.status === 'Disabled' || settings.status === 'SendDisabled') {
      throw entityDisabled(`The entity ${this.#path} is disabled for sending.`)
    }
    const admitted = messages.map((message) => this.#check(settings, message))
    if (bytes + admitted.reduce((sum, { size }) => sum + size, 0) > settings.maxSize) {
      throw quotaExceeded(`The entity ${this.#path} has reached its maximum size of ${settings.maxSize} bytes.`)
    }
    return admitted.map((one) => (this.#isDuplicate(one.message, now) ? undefined : one))
  }

  /** Reads back that an id was taken. */
  restore(messageId: string, at: number): void {
    this.#taken?.add(messageId, at)
  }

  #check({ requiresSession, maxMessageSize }: IntakeSettings, sent: Message): Admitted {
    // The SDK cannot renew the lock of a message without an id.
    const message =
      textOf(sent, 'messageId') === undefined
        ? withFields(sent, { messageId: codec.wrap_string(this.#context.newId()) })
        : sent
    const sessionId = textOf(message, 'sessionId')
    if (requiresSession && sessionId === undefined) {
      throw notAllowed(
        'The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.',
      )
    }
    for (const [name, text] of [
      ['MessageId', textOf(message, 'messageId')],
      ['SessionId', sessionId],
    ] as const) {
      if (text !== undefined && text.length > MAX_ID_LENGTH) {
        throw argumentError(`The ${name} of a message is longer than ${MAX_ID_LENGTH} characters.`)
      }
    }
    const partitionKey = message.annotations.get('x-opt-partition-key')?.value
    if (typeof partitionKey === 'string' && sessionId !== undefined && partitionKey !== sessionId) {
      throw notAllowed('The PartitionKey of a message differs from its SessionId.')
    }
    const size = encodeMessage(message).length
    if (size > maxMessageSize) {
      throw messageTooLarge(
        `The received message (size: ${size}) exceeds the limit (${maxMessageSize} bytes) currently allowed on the entity ${this.#path}.`,
      )
    }
    return { message, size }
  }

  #isDuplicate(message: Message, now: number): boolean {
    if (this.#taken === undefined) return false
    const id = textOf(message, 'messageId') ?? ''
    if (this.#taken.has(id, now)) return true
    this.#taken.add(id, now)
    this.#context.store.saveTaken(this.#path, id, now)
    return false
  }
}
