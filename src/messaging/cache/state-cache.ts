import type { JsonObject } from '../../core/json/json.ts'
import type { VersionVector } from './version-vector.ts'

/** Which state of which view. */
export type StateRef = {
  /** The environment that the storage was opened for, if it was. */
  readonly environment?: string
  readonly projection: string
  /**
   * Identifies the incarnation of the log, and the version of the projection since it was last activated. Only states of
   * one generation can be compared; those of others are out of date.
   */
  readonly generation: string
  readonly key: string
}

/** A state of a view. */
export type ViewState = StateRef & {
  /** The version of the projection that it was folded by; sealed members are bound to it. */
  readonly version: number
  readonly vector: VersionVector
  /** The view's data as it is stored: sealed members stay sealed. Null if the view is deleted. */
  readonly data: JsonObject | null
  /**
   * Whether the view is parked. It may then change without an event, so a cache keeps only the vector, which replaces
   * a state that is not newer, and readers get the view from its storage.
   */
  readonly isParked: boolean
}

/**
 * What became of a state that was to be cached: it was written; what is cached is as new or newer; or what is cached
 * contains something that this state does not, and the other way round, so the view has to be read again.
 */
export type WriteOutcome = 'written' | 'notNewer' | 'concurrent'

/**
 * Keeps the last state of views, for readers that do not need the storage then. It may lose what it keeps, at any time.
 */
export type StateCache = {
  /**
   * Writes states, each in one atomic step, and only if it is newer than what is cached.
   *
   * @param options.publish whether those that are written are published in the same step
   * @returns an outcome for each, in order; an error for one that was refused, and would be refused again
   * @throws what the client throws if the cache is away
   */
  write(
    states: readonly ViewState[],
    options: { readonly publish: boolean },
  ): Promise<readonly (WriteOutcome | Error)[]>
  /** Reads states; undefined for each that is not cached, and for all of them if the cache is away or too slow. */
  read(refs: readonly StateRef[]): Promise<readonly (ViewState | undefined)[]>
}
