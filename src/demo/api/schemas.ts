import { z } from 'zod'

/** The path of a meter's routes. The domain checks the id, with its own error. */
export const meterParams = z.object({ id: z.string() })

/** The response to every write of an event. */
export const writeAnswer = z.object({
  meterId: z.string(),
  streamId: z.string().describe('The stream of the year that the command belongs to'),
  version: z.int().describe("The version of the command's last event"),
})

/** A calendar year, as streams name it. */
export const year = z.string().regex(/^[1-9]\d{3}$/, 'must be a year such as 2026')

/** The body of a write that is fully described by its path. */
export const noBody = z.strictObject({}).nullish()
