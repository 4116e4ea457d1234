import type { FastifyRequest } from 'fastify'
import { InvalidPrecondition } from '../../http/errors.ts'
import { expectedVersionOf, hasPrecondition } from '../../http/preconditions.ts'
import type { ConditionalOptions } from '../domain/command.ts'
import type { Meters } from '../domain/meters/meters.ts'

/**
 * The version of a meter that a write expects, by the request's `If-Match`, or `If-None-Match: *`.
 *
 * @throws MeterNotFound; PreconditionFailed, also for the ETag of a year that has been closed; InvalidPrecondition
 */
export async function expectationOf(
  meters: Meters,
  { headers }: FastifyRequest,
  meterId: string,
): Promise<ConditionalOptions> {
  if (!hasPrecondition(headers)) return {}
  const { year } = await meters.find(meterId)
  return { expectedVersion: expectedVersionOf(headers, { period: year }) }
}

/** Refuses preconditions that nothing would compare: ignoring them would write regardless. @throws InvalidPrecondition */
export function refusePreconditions({ headers }: FastifyRequest, ...names: ('if-match' | 'if-none-match')[]): void {
  for (const name of names) {
    if (headers[name] === undefined) continue
    throw new InvalidPrecondition(name, 'left out, because this request cannot be made conditional')
  }
}
