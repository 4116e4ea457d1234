import { type Clock, systemClock } from '../core/clock.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { createViews, type Views } from './views.ts'

/** One opened database, as users see it: the port of its adapter and the views that projections maintain in it. */
export type Storage = StoragePort & { readonly views: Views }

/**
 * Adds views to an adapter's port. The adapter's other members stay, with their types.
 *
 * @param port a plain object, as every adapter's factory returns it
 */
export function withViews<P extends StoragePort>(
  port: P,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): P & { readonly views: Views } {
  return { ...port, views: createViews(port, clock) }
}
