import { ignoreRejection } from '../../core/async/callbacks.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { batch } from '../../views/batch-reads.ts'
import { assertKeyOf } from '../../views/parts.ts'
import type { ProjectionRef } from '../../views/projection-ref.ts'
import { clearData } from '../../views/sealed-views.ts'
import type { StateCache, ViewState } from './state-cache.ts'
import { stateOf, viewDocumentReader } from './view-states.ts'

/** Views as they are cached, and as they are stored where the cache has none. */
export type CachedViews = {
  /**
   * The view as it was last cached; from the storage, and then cached, if the cache has none or is away. Null if it
   * never existed or was deleted. Reads that start at the same time are sent together.
   *
   * @throws what `views.get` throws
   */
  get<V>(projection: ProjectionRef<V>, key: string): Promise<V | null>
}

/** How cached views are read. */
export type CachedViewsOptions = { readonly clock?: Clock }

// A state that took longer to read is not cached: what was newer may have been written, and lost, in the meantime.
const FILL_WITHIN = 5_000

/**
 * Reads views from a cache, and from the storage where the cache has none. The version that readers see is looked up at
 * most once a second.
 */
export function cachedViews(
  storage: StoragePort,
  cache: StateCache,
  { clock = systemClock }: CachedViewsOptions = {},
): CachedViews {
  const documents = viewDocumentReader(storage, clock)
  const loaders = new WeakMap<ProjectionRef, (key: string) => Promise<ViewState | undefined>>()

  async function load(projection: ProjectionRef, keys: readonly string[]): Promise<Map<string, ViewState>> {
    const { environment, generation } = await documents.placeOf(projection)
    const of = { ...(environment !== undefined && { environment }), projection: projection.name, generation }
    const cached = await cache.read(keys.map((key) => ({ ...of, key })))
    const found = new Map(cached.flatMap((state) => (state ? [[state.key, state] as const] : [])))
    const missing = keys.filter((key) => !found.has(key))
    if (missing.length > 0) for (const state of await loadStored(projection, missing)) found.set(state.key, state)
    return found
  }

  async function loadStored(projection: ProjectionRef, keys: readonly string[]): Promise<readonly ViewState[]> {
    const since = clock.now()
    const found = await documents.read(projection, keys)
    const states = keys.flatMap((key) => stateOf(projection, found, key) ?? [])
    const lasting = states.filter(({ isParked }) => !isParked)
    if (lasting.length > 0 && Math.abs(clock.now() - since) < FILL_WITHIN)
      ignoreRejection(cache.write(lasting, { publish: false }))
    return states
  }

  function loaderOf(projection: ProjectionRef) {
    const known = loaders.get(projection)
    if (known) return known
    const loader = batch((keys) => load(projection, keys))
    loaders.set(projection, loader)
    return loader
  }

  return {
    async get<V>(projection: ProjectionRef<V>, key: string) {
      assertKeyOf(projection, key)
      const state = await loaderOf(projection)(key)
      if (!state?.data) return null
      const [clear] = await clearData(projection, storage.vault, [{ ...state, data: state.data }])
      return clear as V
    },
  }
}
