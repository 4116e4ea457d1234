import type { CloudEvent } from '../../cloud-events/cloud-event.ts'

/** A message as a bus delivers it. It stays locked for this receiver until it is settled, or the lock expires. */
export type ReceivedMessage = {
  /** The event, or undefined if the message is not a valid CloudEvent. */
  readonly event: CloudEvent | undefined
  /** Why it is not a CloudEvent: which rule it breaks, without content. */
  readonly fault?: string
  /** The key that the message was published with, if the bus says so. */
  readonly key?: string
  /** How often it was delivered, from 1. */
  readonly deliveries: number
}

/** Messages of one or several keys that no other receiver gets at the same time. */
export interface BusSession {
  /** For messages; such as the id of the session. */
  readonly name: string
  /**
   * Waits for messages, in order within a key.
   *
   * @param most how many at most, from 1
   * @param wait milliseconds until it resolves with none; once there is one, it resolves soon
   * @throws DestinationUnavailable; BusLockLost if another receiver may have the session
   */
  receive(most: number, wait: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]>
  /** Removes a message from the bus. @throws as `receive` does */
  complete(message: ReceivedMessage): Promise<void>
  /** Moves a message to the dead-letter queue, where people look at it. @throws as `receive` does */
  deadLetter(message: ReceivedMessage, reason: string, description: string): Promise<void>
  /** Leaves the session, so that another receiver can have it. What was not settled is delivered again. */
  close(): Promise<void>
}

/** A queue or subscription to receive from. One adapter for each broker implements it; the client is the caller's. */
export interface BusSubscription {
  /** For messages, status and metrics, never a secret; such as the name of the queue. */
  readonly name: string
  /** Milliseconds that `accept` waits at most. */
  readonly acceptWait: number
  /**
   * Checks that the queue is what a subscriber needs, without receiving anything.
   *
   * @throws BusEntityUnsuitable; DestinationUnavailable if that cannot be told now
   */
  verify(signal: AbortSignal): Promise<void>
  /**
   * Waits for a session with messages.
   *
   * @returns undefined if there was none within `acceptWait`, or the signal was aborted
   * @throws DestinationUnavailable; BusEntityUnsuitable if the queue is not what a subscriber needs
   */
  accept(signal: AbortSignal): Promise<BusSession | undefined>
  /** Abandons the connection without waiting for calls that hang; the next call connects anew. Sessions end. */
  reconnect(): void
  /** Closes what was opened for receiving. */
  close(): Promise<void>
}
