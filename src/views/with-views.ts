import { type Clock, systemClock } from '../core/clock.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { createViews, type Views } from './views.ts'

/** One opened database, as users hold it: the port of its adapter and the views that projections keep in it. */
export type Storage = StoragePort & { readonly views: Views }

/**
 * Gives an adapter's port its views. What else the adapter offers stays, with its type.
 *
 * @param port a plain object, as every adapter's factory makes it
 */
export function withViews<P extends StoragePort>(
  port: P,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): P & { readonly views: Views } {
  return { ...port, views: createViews(port, clock) }
}
