import type { CloudEvent } from '../../cloud-events/cloud-event.ts'

/** An event to publish. */
export type BusMessage = {
  readonly event: CloudEvent
  /** Messages of one key are delivered in the order in which they were published: here the id of the stream. */
  readonly key: string
  /** The same whenever this message is published again, so that a bus which can recognises the repeat. */
  readonly idempotencyKey: string
}

/** A message that was not published. */
export type PublishFailure = {
  /** Which of the messages, from 0. */
  readonly index: number
  /**
   * `DestinationUnavailable` if it may succeed later as it is; anything else is the message's own fault, such as
   * `MessageTooLarge`.
   */
  readonly error: Error
}

/** Publishes messages to an external broker. One adapter for each broker implements it; the client is the caller's. */
export interface Bus {
  /** For messages and metrics, never a secret; such as the name of the broker's host. */
  readonly name: string
  /**
   * Publishes messages in order. When it resolves, the broker has durably accepted each message that is not among the
   * failures. After the first failure of a key, none of the later messages of that key is sent: they are among the
   * failures, too, with the same error. Other keys are not affected.
   *
   * @param address a queue, topic or subject of the broker; see `addressOf`
   * @param signal when it is aborted, this throws its reason soon; what was sent may have been accepted
   * @returns failures in the order of the messages; none if all were accepted. A message whose acceptance is not known,
   *   because the reply was lost, is a failure with `DestinationUnavailable`: publish it again
   */
  publish(address: string, messages: readonly BusMessage[], signal?: AbortSignal): Promise<readonly PublishFailure[]>
  /** Closes what was opened for publishing; the client remains open. */
  close(): Promise<void>
}
