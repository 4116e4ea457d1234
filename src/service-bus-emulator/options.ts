import type { Clock } from '../core/clock.ts'
import type { FaultHook } from './faults/fault.ts'
import type { EntityOptions } from './options/entities.ts'
import type { LimitOptions } from './options/limits.ts'

/** How an emulator behaves. */
export type ServiceBusEmulatorOptions = {
  /** The queues and topics that it has. */
  readonly entities?: EntityOptions
  /** Where it listens for AMQP, on 127.0.0.1; by default a free port. */
  readonly port?: number
  /** Where it listens for the administration client, over HTTP on 127.0.0.1; by default a free port. */
  readonly administrationPort?: number
  /** Where the time comes from; by default the machine. */
  readonly clock?: Clock
  /** See `ServiceBusEmulator.faults`. */
  readonly faults?: FaultHook
  readonly limits?: LimitOptions
  /**
   * A folder in which entities and messages outlive the process, also one that is killed. It is created. Without it,
   * everything is in memory.
   */
  readonly data?: string
}
