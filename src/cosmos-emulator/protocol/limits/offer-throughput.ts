import { badRequest } from '../../engine/errors.ts'
import { checkedThroughput, type Throughput } from '../../engine/offers.ts'
import { CosmosError } from '../../engine/types.ts'
import type { CosmosRequest } from '../message.ts'

/**
 * The throughput that a new database or container is to have, if the request says one.
 *
 * @throws CosmosError 400 when it is not valid
 */
export function requestedThroughput({ headers }: CosmosRequest): Throughput | undefined {
  const fixed = headers['x-ms-offer-throughput']
  if (fixed !== undefined) return checkedThroughput({ fixed })
  const autoscale = headers['x-ms-cosmos-offer-autopilot-settings']
  if (autoscale === undefined) return undefined
  try {
    return checkedThroughput({ maximum: JSON.parse(autoscale).maxThroughput })
  } catch (error) {
    if (error instanceof CosmosError) throw error
    throw badRequest('The autoscale settings are no JSON.')
  }
}
