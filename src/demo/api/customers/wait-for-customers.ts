import type { FastifyRequest } from 'fastify'
import customersView from '../../../../projections/customers.ts'
import { decodePosition, encodePosition } from '../../../core/positions/position-token.ts'
import { parseStreamId } from '../../../core/stream-id.ts'
import { positionOf } from '../../../http/position-header.ts'
import type { Context } from '../api.ts'

/**
 * Waits until every customer in the request's position is up to date in the view `customers`. A meter's customer is
 * looked up, because the position names the meter.
 *
 * @throws as `views.waitFor` does
 */
export async function waitForCustomers(
  { storage, meters, viewTimeout, closing }: Context,
  { headers }: FastifyRequest,
): Promise<void> {
  const position = positionOf(headers)
  if (position === null) return
  const { incarnation, marks } = decodePosition(position)
  const customerOf = async (streamId: string): Promise<string | null> => {
    const { category, id } = parseStreamId(streamId)
    if (category === 'customer') return id
    return category === 'meter' ? (await meters.find(id)).state.customerId : null
  }
  const wait = { timeout: viewTimeout, signal: closing }
  await Promise.all(
    marks.map(async (mark) => {
      const customerId = await customerOf(mark.streamId)
      if (customerId === null) return
      await storage.views.waitFor(customersView, customerId, encodePosition({ incarnation, marks: [mark] }), wait)
    }),
  )
}
