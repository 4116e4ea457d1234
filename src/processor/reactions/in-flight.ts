import type { FoldItem } from '../../projections/fold-item.ts'
import type { Acknowledgements } from './acknowledgements.ts'

/**
 * Which events of a range may have been in flight when the process of its previous owner was killed, so that one of
 * them may have killed it: those with which the range continues.
 */
export type InFlight = {
  /** Whether one of these events may have been, which are the next ones. */
  mayInclude(items: readonly FoldItem[], acknowledgements: Acknowledgements): boolean
  /** Counts events that were handled since. */
  handled(count: number): void
  /** Everything that existed then was handled. */
  end(): void
}

/**
 * Creates what knows which events of a range may have been in flight. The previous owner went on to other events only
 * once all of a part were acknowledged, and stored that.
 *
 * @param isAbandoned whether the previous owner did not release the range
 * @param part the number of events of a part
 */
export function createInFlight(isAbandoned: boolean, part: number): InFlight {
  let left = isAbandoned ? part : 0
  return {
    // Attempts are recorded until their event is done, also if the range was released in the meantime.
    mayInclude: (items, acknowledgements) => left > 0 || items.some((item) => acknowledgements.attempts(item) > 0),
    handled(count) {
      left -= count
    },
    end() {
      left = 0
    },
  }
}
