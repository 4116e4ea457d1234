import type { EventTypes } from '../../core/events/types.ts'
import type { AsOf } from '../state/as-of.ts'
import type { Context } from '../state/context.ts'
import { type Loaded, loadStream } from '../state/load.ts'
import { findOpenPeriod } from './find-open-period.ts'
import { listPeriods } from './list-periods.ts'
import { type PeriodStreams, periodStreams } from './period-events.ts'

/** A period of an aggregate, folded. */
export type LoadedPeriod<S> = Pick<Loaded<S>, 'streamId' | 'state' | 'version' | 'exists'> & {
  readonly period?: string
}

/** `Repository.load` for an aggregate with one stream for each period. */
export async function loadPeriod<S, E extends EventTypes>(
  context: Context<S, E>,
  id: string,
  { period, asOf }: { readonly period?: string; readonly asOf?: AsOf },
): Promise<LoadedPeriod<S>> {
  const streams = periodStreams(context.aggregate, id)
  if (period !== undefined) streams.of(period)
  const open = await findOpenPeriod(context, streams)
  const none = { streamId: streams.root, state: context.initial(), version: 0, exists: false }
  if (open.period === undefined) return none
  if (period === undefined && asOf && 'time' in asOf) return loadAtTime(context, streams, asOf)
  const wanted = period ?? open.period
  if (wanted === open.period && asOf === undefined) return { ...open.loaded, period: wanted }
  return { ...(await loadStream(context, streams.of(wanted), asOf)), period: wanted }
}

/** Loads the period that was the newest at a time, as it was then. */
async function loadAtTime<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  asOf: { readonly time: Date },
): Promise<LoadedPeriod<S>> {
  const listed = await listPeriods(context.storage, streams)
  const load = async (index: number): Promise<LoadedPeriod<S>> => {
    const period = listed[index]?.period
    if (period === undefined) return { streamId: streams.root, state: context.initial(), version: 0, exists: false }
    return { ...(await loadStream(context, streams.of(period), asOf)), period }
  }
  let index = listed.findLastIndex(({ listedAt }) => listedAt <= asOf.time.getTime())
  let found = await load(index)
  // A period begins shortly before it is listed, or long before if there was a crash in between. And streams may be
  // stamped by different clocks, so a listed one may also begin shortly after.
  while (index > 0 && found.version === 0) found = await load(--index)
  for (let later = await load(index + 1); later.version > 0; later = await load(++index + 1)) found = later
  return found.version > 0 ? found : load(-1)
}
