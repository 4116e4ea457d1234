import type { Logger } from 'pino'
import { DestinationUnavailable } from '../core/errors/reaction.ts'
import { intervalText } from '../core/positions/hash-interval.ts'
import type { FailurePlace } from '../processor/ranges/range-context.ts'

/**
 * Logs a failure of the processor: a handler that will be retried is a warning without a stack, as is a destination that
 * is unavailable; one that parks its sequence is an error that says what to run.
 */
export function logFailure(log: Pick<Logger, 'warn' | 'error'>, err: unknown, place: FailurePlace): void {
  const { projection, range, attempt, parks, acknowledged, forgetting } = place
  const where = { ...(projection && { projection }), ...(range && { range: intervalText(range) }) }
  if (forgetting) log.error({ err }, 'what is left to do for forgotten people failed and will be retried')
  else if (projection === undefined) log.error({ err, ...where }, 'the leases could not be read or renewed')
  else if (attempt === undefined) log.error({ err, ...where }, 'a projection failed')
  else if (parks) log.error({ err, ...where, attempt }, parkedText(projection))
  else if (acknowledged) log.error({ err, ...where, attempt }, 'a handler failed, and its event counts as handled')
  else if (err instanceof DestinationUnavailable) log.warn({ ...where, reason: err.message }, 'a reaction waits')
  else log.warn({ ...where, attempt, reason: messageOf(err) }, 'a handler failed and will be retried')
}

const parkedText = (projection: string): string =>
  `a handler failed on every attempt, so its sequence is parked and all others continue: see \`tidemark parked list ${projection}\``

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
