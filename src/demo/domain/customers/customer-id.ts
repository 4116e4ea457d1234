import { assertId, idSchema } from '../id.ts'

/**
 * Checks a customer's id; see `assertId`. It is also the id of the person whose data is sealed, and remains readable
 * when that person was forgotten: it must be a number or the like, and say nothing about them.
 *
 * @throws InvalidStreamId
 */
export const assertCustomerId = (customerId: string): void => assertId('customer', customerId)

/** See {@link assertCustomerId}. */
export const customerIdSchema = idSchema('customer')
