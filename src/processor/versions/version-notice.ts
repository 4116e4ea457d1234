import type { Estimate } from './time-left.ts'

type Of = { readonly projection: string; readonly version: number }

/** What a processor tells about the versions of its projections. */
export type VersionNotice =
  /** The handlers are others than before, and the version is the same: views hold what both made. */
  | (Of & { readonly kind: 'handlersChanged'; readonly since: string })
  /** A new version is being built beside the active one. */
  | (Of & { readonly kind: 'catchingUp'; readonly active: number; readonly behind: number } & Estimate)
  /** It has reached the active one, but is held: it has parked views, say. */
  | (Of & { readonly kind: 'held'; readonly active: number; readonly reason: string })
  /**
   * Readers see a newer version, so that this worker keeps views up to date that nobody reads: an older release runs,
   * perhaps after a newer one was rolled back.
   */
  | (Of & { readonly kind: 'outdated'; readonly active: number })
  /** Readers see this version from now on. */
  | (Of & { readonly kind: 'activated'; readonly previous: number })
  /**
   * A reaction begins now, after the events that the log holds already. Where it ran before, what was stored of it is
   * lost, and events that waited for it are passed over.
   */
  | (Of & { readonly kind: 'begun' })
