import type { Estimate } from './time-left.ts'

type Of = { readonly projection: string; readonly version: number }

/** What a processor reports about the versions of its projections. */
export type VersionNotice =
  /** The handlers have changed, but the version has not: views contain results of both. */
  | (Of & { readonly kind: 'handlersChanged'; readonly since: string; readonly parked: boolean })
  /** The functions of a rule have changed, but its version has not: both are recorded as the same. */
  | (Of & { readonly kind: 'codeChanged'; readonly since: string })
  /** A new version is being built beside the active one. */
  | (Of & { readonly kind: 'catchingUp'; readonly active: number; readonly behind: number } & Estimate)
  /** It has caught up with the active one, but does not become active, for instance because it has parked views. */
  | (Of & { readonly kind: 'held'; readonly active: number; readonly reason: string })
  /**
   * Readers see a newer version, so this worker maintains views that are never read: an older release is running,
   * perhaps after a newer one was rolled back.
   */
  | (Of & { readonly kind: 'outdated'; readonly active: number })
  /** An operator paused it, or resumed it; `since` says since when it was paused: ISO 8601 in UTC. */
  | (Of & { readonly kind: 'paused' | 'resumed'; readonly since: string })
  /** Readers see this version from now on. */
  | (Of & { readonly kind: 'activated'; readonly previous: number })
  /**
   * A reaction begins now, after the events that are already in the log. If it ran before, its stored progress is lost,
   * and its pending events are skipped.
   */
  | (Of & { readonly kind: 'begun' })
