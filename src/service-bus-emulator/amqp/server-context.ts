import type { Clock } from '../../core/clock.ts'
import type { BrokerError } from '../broker/broker-error.ts'
import type { Namespace } from '../broker/namespace.ts'
import type { FaultKind, FaultPoint } from '../faults/fault.ts'
import type { Dispatcher } from './dispatcher.ts'

/** What the links of all connections share. */
export type ServerContext = {
  readonly namespace: Namespace
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  /** What goes wrong with an operation. */
  faultAt(point: FaultPoint): FaultKind | undefined
  /** Changes the broker; what it changes is stored before this returns. */
  run<Result>(work: () => Result): Result
}

/** An error as AMQP carries it. */
export const amqpError = ({ condition, message }: BrokerError) => ({ condition, description: message })

/** Why a link is detached by a fault. */
export const DETACHED = {
  condition: 'amqp:link:detach-forced',
  description: 'The link is force detached by the broker. Attach it again.',
}

export const BUSY = {
  condition: 'com.microsoft:server-busy',
  description: 'The request was terminated because the entity is being throttled. Wait 10 seconds and try again.',
}
