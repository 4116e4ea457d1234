import { withDeadline } from '../../core/async/deadline.ts'
import type { Clock } from '../../core/clock.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { BusSubscription } from '../bus/subscription.ts'

/** Calls of a bus that end, even if the bus never responds. */
export interface BoundedCalls {
  /** How often the connection was replaced. */
  readonly reconnects: number
  /**
   * Waits for a call. If it does not end in time, the connection is replaced: clients are known that never settle a
   * call after an outage.
   *
   * @param wait milliseconds that the call itself may take
   * @throws what the call throws; DestinationUnavailable if it does not end
   */
  bounded<T>(wait: number, call: () => Promise<T>): Promise<T>
}

// Milliseconds past the time that a call may take.
const PATIENCE = 5_000

/** Watches the calls of a subscription. */
export function boundCalls(subscription: BusSubscription, clock: Clock): BoundedCalls {
  let reconnects = 0
  return {
    get reconnects() {
      return reconnects
    },
    async bounded(wait, call) {
      const connection = reconnects
      return withDeadline(clock, wait + PATIENCE, call(), () => {
        // Of calls that hang on the same connection, the first one is enough.
        if (connection === reconnects) {
          reconnects++
          subscription.reconnect()
        }
        return new DestinationUnavailable(`${subscription.name} did not respond within ${wait + PATIENCE} ms`)
      })
    },
  }
}
