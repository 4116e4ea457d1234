import { assertId, idSchema } from '../id.ts'

/** Checks a meter's id; see `assertId`. @throws InvalidStreamId */
export const assertMeterId = (meterId: string): void => assertId('meter', meterId)

/** See {@link assertMeterId}. */
export const meterIdSchema = idSchema('meter')
