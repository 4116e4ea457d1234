import type { Clock } from '../core/clock.ts'
import { InvalidQuery } from '../core/errors/input.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { ViewQuery } from '../core/port/view-store.ts'
import { assertIncarnation } from '../core/positions/log-identity.ts'
import type { PositionToken } from '../core/positions/position-token.ts'
import type { Filter } from '../core/reading/filter.ts'
import type { FieldPath, ViewFilter } from '../core/reading/view-filter.ts'
import { readActive } from './active-version.ts'
import { decodePageToken, encodePageToken } from './page-token.ts'
import { assertKeyOf, assertQueryable, documentKeys, type ViewPlace } from './parts.ts'
import type { ProjectionRef } from './projection-ref.ts'
import { assertUnsealed, readView, readViews } from './read-sealed.ts'
import { createHandoverGate } from './switch-gate.ts'
import { readVersionRecord } from './version-record.ts'
import { createWaitFor } from './wait-for.ts'
import type { WaitOptions } from './wait-limits.ts'
import { createWatch, type WatchOptions } from './watch/watch.ts'
import type { WatchedView } from './watch/watched-view.ts'

/** Which views of a projection, in what order; see `ViewQuery`. Fields and values are those of the view `V`. */
export type ViewsQuery<V = unknown> = ViewsCount<V> & {
  readonly orderBy?: { readonly field: FieldPath<V>; readonly direction?: 'ascending' | 'descending' }
} & Pick<ViewQuery, 'limit' | 'after'>

/** Which views of a projection are counted. */
export type ViewsCount<V = unknown> = { readonly where?: ViewFilter<V> }

/** Views of one query, and the `after` for the next page, if there is one. */
export type ViewsPage<V> = { readonly items: readonly V[]; readonly next?: string }

/** The views that projections maintain, as readers see them: the active version, and `null` for a deleted view. */
export type Views = {
  /**
   * The view, or null if it never existed or was deleted. One that is stored in parts is merged (see `merge` of a
   * projection).
   *
   * @throws InvalidViewKey, IncarnationMismatch; InvalidQuery for a view in parts and a projection without `merge`;
   *   VaultRequired and what the vault throws, for a view with sealed members
   */
  get<V>(projection: ProjectionRef<V>, key: string): Promise<V | null>
  /**
   * Views by their fields. All pages of a query come from the projection version of the first page.
   *
   * @throws InvalidQuery, also for a projection with `merge`, whose views are read by their keys, and for sealed members;
   *   IncarnationMismatch; VaultRequired and what the vault throws, for views with sealed members
   */
  query<V>(projection: ProjectionRef<V>, query?: ViewsQuery<NoInfer<V>>): Promise<ViewsPage<V>>
  /**
   * How many views match, of the active version, without loading them.
   *
   * @throws InvalidQuery, also for a projection with `merge`; IncarnationMismatch, by the first of the views
   */
  count<V>(projection: ProjectionRef<V>, query?: ViewsCount<NoInfer<V>>): Promise<number>
  /**
   * Waits until the view includes everything up to `position`, and returns it: the view has folded the position, or the
   * projection has passed it and it did not concern this view.
   *
   * @param position what an append returned, or null, as returned by a command that appended nothing: then there is no
   *   wait
   * @throws WaitTimedOut after `timeout` milliseconds (default 5,000); ViewParked; IncarnationMismatch;
   *   InvalidPosition; InvalidViewKey; InvalidOption for an invalid timeout; the signal's reason when it is aborted
   */
  waitFor<V>(
    projection: ProjectionRef<V>,
    key: string,
    position: PositionToken | null,
    options?: WaitOptions,
  ): Promise<V | null>
  /**
   * Watches a view: yields its current state, and again after each change. If it changes faster than the consumer
   * iterates, only the last state is yielded. All watched views are read together, at most ten times a second and only
   * after a worker has made progress. A temporary failure of the storage only delays the next state.
   *
   * @throws InvalidViewKey; while iterating, what `get` throws, and the signal's reason when it is aborted
   */
  watch<V>(projection: ProjectionRef<V>, key: string, options?: WatchOptions): AsyncIterable<WatchedView<V>>
}

/** The views over an adapter's port. */
export function createViews(port: StoragePort, clock: Clock): Views {
  const { viewStore, vault } = port
  // Where views were last: guesses that every read verifies.
  const seen = new Map<string, ViewPlace>()
  const gate = createHandoverGate(port, clock)
  const waitFor = createWaitFor(port, clock, gate)

  async function read<T>(projection: ProjectionRef, from: (place: ViewPlace) => Promise<T>) {
    const guess = seen.get(projection.name) ?? { version: projection.version }
    const result = await readActive(viewStore, gate, projection, guess, from)
    seen.set(projection.name, result.place)
    return result
  }

  /** A version whose views were removed would otherwise look like the end. */
  async function assertKept(projection: ProjectionRef, version: number): Promise<void> {
    const record = (await readVersionRecord(viewStore, projection.name))?.document
    assertQueryable(projection, record?.versions[version]?.slices)
    if (record === undefined || record.active === version) return
    const entry = record.versions[version]
    if (Object.keys(record.versions).length > 0 && (entry === undefined || entry.dropping)) {
      throw new InvalidQuery('after belongs to a version of the projection that was dropped: begin with the first page')
    }
  }

  async function get<V>(projection: ProjectionRef<V>, key: string): Promise<V | null> {
    assertKeyOf(projection, key)
    const { name } = projection
    const { value, place } = await read(projection, async (from) => {
      const { version, slices } = from
      if (slices === undefined) return [await viewStore.get({ projection: name, version, key })]
      const keys = documentKeys(key, from)
      const found = await viewStore.getMany(name, version, keys)
      return keys.map((one) => found.get(one))
    })
    for (const one of value) if (one) assertIncarnation(one.document, port.incarnation)
    return (await readView(projection, place, value, vault)) as V | null
  }

  return {
    get,
    watch: createWatch(port, clock, gate),

    async query<V>(projection: ProjectionRef<V>, { after, where, ...query }: ViewsQuery<NoInfer<V>> = {}) {
      assertQueryable(projection, undefined)
      assertUnsealed(projection, where, query.orderBy?.field)
      const from = after === undefined ? undefined : decodePageToken(after)
      const page = ({ version }: ViewPlace) =>
        viewStore.query({
          ...query,
          ...filterOf(where),
          projection: projection.name,
          version,
          ...(from && { after: from.after }),
        })
      const { value, place } = from ? { value: await page(from), place: from } : await read(projection, page)
      if (from) await assertKept(projection, from.version)
      else assertQueryable(projection, (place as ViewPlace).slices)
      for (const { document } of value.views) assertIncarnation(document, port.incarnation)
      return {
        items: (await readViews(projection, value.views, vault)) as V[],
        ...(value.next !== undefined && { next: encodePageToken({ version: place.version, after: value.next }) }),
      }
    },

    async count<V>(projection: ProjectionRef<V>, { where }: ViewsCount<NoInfer<V>> = {}) {
      assertQueryable(projection, undefined)
      assertUnsealed(projection, where)
      const { name } = projection
      const { value, place } = await read(projection, ({ version }) => {
        const query = { projection: name, version }
        // All views of a version are folded from one incarnation, so that one of them speaks for those that are counted.
        const first = viewStore.query({ ...query, limit: 1 })
        return Promise.all([viewStore.count({ ...query, ...filterOf(where) }), first])
      })
      assertQueryable(projection, place.slices)
      const [count, { views }] = value
      for (const { document } of views) assertIncarnation(document, port.incarnation)
      return count
    },

    async waitFor<V>(projection: ProjectionRef<V>, key: string, position: PositionToken | null, options?: WaitOptions) {
      if (position === null) return get(projection, key)
      assertKeyOf(projection, key)
      return (await waitFor(projection, key, position, options)) as V | null
    },
  }
}

// What is left of a filter's types at run time is that it may be left out.
const filterOf = (where: object | undefined): { readonly where?: Filter } => (where ? { where: where as Filter } : {})
