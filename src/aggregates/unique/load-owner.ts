import { StreamDeleted } from '../../core/errors/append.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { idOf } from '../../core/stream-id.ts'
import type { Owner } from '../../uniqueness/take-claim.ts'
import { NO_VALUES, type UniqueValues } from '../../uniqueness/unique-values.ts'
import { findOpenPeriod } from '../periods/find-open-period.ts'
import { periodStreams } from '../periods/period-events.ts'
import type { Context } from '../state/context.ts'
import { loadStream } from '../state/load.ts'

/**
 * Creates the function that loads the owner of a claim by its stream id without a period; if the aggregate has periods,
 * in the open one.
 */
export function createOwnerLoader<S, E extends EventTypes>(
  context: Context<S, E>,
  valuesOf: (state: S) => UniqueValues,
): (owner: string) => Promise<Owner> {
  return async (owner) => {
    try {
      if (context.aggregate.periods === undefined) {
        const { version, state } = await loadStream(context, owner)
        return { last: { at: version }, values: valuesOf(state) }
      }
      const open = await findOpenPeriod(context, periodStreams(context.aggregate, idOf(owner)))
      if (open.period === undefined) return { last: { at: open.listed }, values: NO_VALUES }
      return { last: { period: open.period, at: open.loaded.version }, values: valuesOf(open.loaded.state) }
    } catch (error) {
      if (error instanceof StreamDeleted) return { last: null, values: NO_VALUES }
      throw error
    }
  }
}
