import type { FastifyRequest } from 'fastify'
import { InvalidPrecondition } from '../../http/errors.ts'
import { expectedVersionOf } from '../../http/preconditions.ts'
import type { ConditionalOptions, Meters } from '../domain/meters.ts'

/**
 * The version of a meter that a write expects, by the request's `If-Match`.
 *
 * @throws MeterNotFound; PreconditionFailed, also for the ETag of a year that has been closed; InvalidPrecondition
 */
export async function expectationOf(
  meters: Meters,
  { headers }: FastifyRequest,
  meterId: string,
): Promise<ConditionalOptions> {
  if (headers['if-match'] === undefined) return {}
  const { year } = await meters.find(meterId)
  return { expectedVersion: expectedVersionOf(headers, { period: year }) }
}

/** Refuses an `If-Match` that nothing would compare: ignoring it would write regardless. @throws InvalidPrecondition */
export function refuseIfMatch({ headers }: FastifyRequest): void {
  if (headers['if-match'] !== undefined) {
    throw new InvalidPrecondition('if-match', 'left out, because this request cannot be made conditional')
  }
}
