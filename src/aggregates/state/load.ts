import { StreamDeleted } from '../../core/errors/append.ts'
import { recordedTime } from '../../core/events/recorded-time.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { deepFreeze, makeImmutable } from '../../core/json/deep-freeze.ts'
import { CLAIM_LAPSED, type EventDocument } from '../../core/port/event-document.ts'
import { type AsOf, type Limit, limitOf } from './as-of.ts'
import type { Context } from './context.ts'
import { foldDocuments } from './fold.ts'
import type { Base } from './state-cache.ts'

/** A stream, folded. */
export type Loaded<S> = {
  readonly streamId: string
  /** Frozen, if possible, because it may be shared. */
  readonly state: S
  /** The version of the last event that is folded in; 0 for none. */
  readonly version: number
  /** Whether there is any event but notes that claims were ended: a stream that has only those is no aggregate yet. */
  readonly exists: boolean
  /** That event, whatever its type. */
  readonly last: EventDocument | undefined
  readonly snapshotVersion: number
  /** The keys of the people whose data is folded in; absent if there are none. */
  readonly keys?: readonly string[]
}

const PAGE = 500

/** The version of a stream as its callers know it: 0 if it does not exist for them. */
export const domainVersion = ({ exists, version }: Pick<Loaded<unknown>, 'exists' | 'version'>): number =>
  exists ? version : 0

/**
 * Folds a stream, starting from the cached state or a snapshot if one is valid.
 *
 * @throws StreamDeleted, EventSchemaTooNew, UpcastFailed, VaultRequired, those of the vault, what a handler of `evolve`
 *   throws; InvalidQuery for an invalid `asOf`
 */
export async function loadStream<S, E extends EventTypes>(
  context: Context<S, E>,
  streamId: string,
  asOf?: AsOf,
): Promise<Loaded<S>> {
  const limit = limitOf(asOf)
  try {
    const loaded =
      (await foldFromCache(context, streamId, limit)) ??
      (await foldFromSnapshot(context, streamId, limit)) ??
      // A fold from the first event on is always valid.
      ((await foldFrom(context, streamId, nothing(context), limit)) as Loaded<S>)
    if (asOf === undefined) remember(context, loaded)
    return loaded
  } catch (error) {
    if (error instanceof StreamDeleted) context.cache.drop(streamId)
    throw error
  }
}

/** Keeps the state after an append for the next load, and takes a snapshot of it if one is due. */
export function keep<S, E extends EventTypes>(context: Context<S, E>, after: Loaded<S>): Loaded<S> {
  const base = baseOf(after)
  const kept = { ...after, snapshotVersion: base ? context.snapshots.offer(after.streamId, base) : 0 }
  remember(context, kept)
  return kept
}

/** Keeps a loaded state for the next load. */
function remember<S, E extends EventTypes>({ cache }: Context<S, E>, loaded: Loaded<S>): void {
  const base = baseOf(loaded)
  // A state that can still be changed must not be shared.
  if (base && makeImmutable(base.state)) cache.put(loaded.streamId, base)
}

/** What a later fold can start from; undefined for a stream without events, so what a base stands for exists. */
function baseOf<S>({ state, version, exists, last, snapshotVersion, keys }: Loaded<S>): Base<S> | undefined {
  if (!exists || last === undefined) return undefined
  return { state, version, eventId: last.metadata.eventId, snapshotVersion, ...(keys && { keys }) }
}

function isWithin({ version, time }: Limit, { stream, metadata }: EventDocument): boolean {
  if (stream.version > version) return false
  if (time === Number.POSITIVE_INFINITY) return true
  const recorded = recordedTime(metadata.recordedAt)
  return recorded !== undefined && recorded.getTime() <= time
}

const nothing = <S, E extends EventTypes>({ initial }: Context<S, E>): Base<S> => ({
  state: initial(),
  version: 0,
  snapshotVersion: 0,
})

async function foldFromCache<S, E extends EventTypes>(context: Context<S, E>, streamId: string, limit: Limit) {
  const cached = context.cache.get(streamId)
  if (cached === undefined || cached.version > limit.version) return undefined
  if (cached.keys && !(await context.storage.vault?.states.areCurrent(cached.keys))) {
    context.cache.drop(streamId)
    return undefined
  }
  const loaded = await foldFrom(context, streamId, cached, limit)
  // An entry later than the requested time is still useful for other loads.
  if (loaded === undefined && limit.time === Number.POSITIVE_INFINITY) context.cache.drop(streamId)
  return loaded
}

async function foldFromSnapshot<S, E extends EventTypes>(context: Context<S, E>, streamId: string, limit: Limit) {
  const snapshot = await context.snapshots.get(streamId)
  if (snapshot === undefined || snapshot.version > limit.version) return undefined
  try {
    return await foldFrom(context, streamId, snapshot, limit)
  } catch (error) {
    if (error instanceof StreamDeleted) throw error
    // If the handlers fail on a state, the snapshot is at fault; otherwise the fold without it fails as well.
    return undefined
  }
}

/**
 * Folds the events after `base`; undefined if `base` is invalid, because the event that it ends with does not exist.
 */
async function foldFrom<S, E extends EventTypes>(
  { aggregate, storage }: Context<S, E>,
  streamId: string,
  base: Base<S>,
  limit: Limit,
): Promise<Loaded<S> | undefined> {
  const { vault } = storage
  let { state, keys } = base
  const onKeys = (more: readonly string[]) => {
    keys = mergeKeys(keys, more)
  }
  let last: EventDocument | undefined
  let exists = base.version > 0
  let from = Math.max(base.version, 1)
  for (;;) {
    const page = await storage.events.load(streamId, { from, limit: PAGE, to: Math.max(limit.version, 1) })
    const within = page.events.filter((document) => isWithin(limit, document))
    let fresh = within
    if (base.version > 0 && last === undefined) {
      if (!endsWith(base, within[0])) return undefined
      fresh = within.slice(1)
    }
    state = await foldDocuments(aggregate, state, fresh, { vault, onKeys })
    last = within.at(-1) ?? last
    exists ||= fresh.some(({ eventType }) => eventType !== CLAIM_LAPSED)
    const reached = page.events.at(-1)?.stream.version ?? page.version
    if (within.length < page.events.length || reached >= Math.min(page.version, limit.version)) break
    from = reached + 1
  }
  const version = last?.stream.version ?? 0
  const loaded = { streamId, state: deepFreeze(state), version, exists, last, snapshotVersion: base.snapshotVersion }
  return keys ? { ...loaded, keys } : loaded
}

/** Keys, each once, in an order that does not depend on who used which first. */
export function mergeKeys(keys: readonly string[] = [], more: readonly string[] = []): readonly string[] | undefined {
  const all = new Set([...keys, ...more])
  return all.size > 0 ? [...all].sort() : undefined
}

const endsWith = <S>({ version, eventId }: Base<S>, event: EventDocument | undefined): boolean =>
  event?.stream.version === version && (eventId === undefined || event.metadata.eventId === eventId)
