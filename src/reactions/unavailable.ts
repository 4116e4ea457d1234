import { DestinationUnavailable } from '../core/errors/reaction.ts'
import type { ReactionSettings } from './reaction.ts'

// So many errors of a chain are looked at.
const MOST = 100

/**
 * The error which says that a reaction's destination is unavailable, if what a handler threw says so: by itself, by a
 * cause, or by one of several errors, or because the reaction's own classifier says so.
 */
export function unavailableIn({ unavailable }: ReactionSettings, error: unknown): DestinationUnavailable | undefined {
  const seen = new Set<unknown>([error])
  for (const one of seen) {
    if (isUnavailable(one)) return one
    if (isStorageAway(one)) return new DestinationUnavailable(one.message, { cause: one })
    if (!(one instanceof Error) || seen.size > MOST) continue
    if (one.cause !== undefined) seen.add(one.cause)
    if (one instanceof AggregateError) for (const other of one.errors) seen.add(other)
  }
  if (!saysSo(unavailable, error)) return undefined
  return new DestinationUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
}

// By its code, because a handler may have it from another copy of this package.
const isUnavailable = (error: unknown): error is DestinationUnavailable =>
  error instanceof Error && 'code' in error && error.code === 'DestinationUnavailable'

// The storage is the destination of commands, calls and timers. It is no event's fault if it throttles or is away, or if
// the keys of personal data cannot be had.
const STORAGE_AWAY: ReadonlySet<unknown> = new Set(['StorageBusy', 'StorageUnavailable', 'KeysUnavailable'])

export const isStorageAway = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && STORAGE_AWAY.has(error.code)

/** A classifier that fails says nothing. */
function saysSo(unavailable: ReactionSettings['unavailable'], error: unknown): boolean {
  try {
    return unavailable(error) === true
  } catch {
    return false
  }
}
