import { StreamDeleted } from '../../core/errors/append.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { idOf } from '../../core/stream-id.ts'
import type { Owner } from '../../uniqueness/take-claim.ts'
import type { UniqueValues } from '../../uniqueness/unique-values.ts'
import { findOpenPeriod } from '../periods/find-open-period.ts'
import { periodStreams } from '../periods/period-events.ts'
import type { Context } from '../state/context.ts'
import { loadStream } from '../state/load.ts'

/** An owner, loaded, with its unique values; null for one that was deleted. */
export type LoadedOwner = { readonly last: NonNullable<Owner['last']>; readonly values: UniqueValues }

/** Creates the function that loads the owner of a claim, in its open period if the aggregate has periods. */
export function createOwnerLoader<S, E extends EventTypes>(
  context: Context<S, E>,
  valuesOf: (state: S) => UniqueValues,
): (owner: string) => Promise<Owner> {
  return async (owner) => {
    const loaded = await loadOwner(context, valuesOf, owner)
    if (loaded === null) return { last: null, holds: () => false }
    return {
      last: loaded.last,
      holds: ({ name, value }) => loaded.values.has(JSON.stringify([name, value])),
    }
  }
}

/** Loads an owner by its stream id without a period. */
export async function loadOwner<S, E extends EventTypes>(
  context: Context<S, E>,
  valuesOf: (state: S) => UniqueValues,
  owner: string,
): Promise<LoadedOwner | null> {
  try {
    if (context.aggregate.periods === undefined) {
      const { version, state } = await loadStream(context, owner)
      return { last: { at: version }, values: valuesOf(state) }
    }
    const open = await findOpenPeriod(context, periodStreams(context.aggregate, idOf(owner)))
    if (open.period === undefined) return { last: { at: open.listed }, values: new Map() }
    return { last: { period: open.period, at: open.loaded.version }, values: valuesOf(open.loaded.state) }
  } catch (error) {
    if (error instanceof StreamDeleted) return null
    throw error
  }
}
