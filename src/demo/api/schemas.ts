import { z } from 'zod'
import { PROBLEM_JSON } from '../../http/problems/problem.ts'

/** The path of a meter's routes. The domain checks the id, with its own error. */
export const meterParams = z.object({ id: z.string() })

/** The response to every write of an event. */
export const writeAnswer = z.object({
  meterId: z.string(),
  streamId: z.string().describe('The stream of the year that the command belongs to'),
  version: z.int().describe("The version of the command's last event"),
})

const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('Stable; what programs compare'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/** The documentation of failures. */
export const failures = {
  '4xx': { description: 'A problem (RFC 9457)', content: { [PROBLEM_JSON]: { schema: problemSchema } } },
  '5xx': { description: 'A problem (RFC 9457)', content: { [PROBLEM_JSON]: { schema: problemSchema } } },
}

/** How many items a page has. */
export const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a number')
  .transform(Number)
  .pipe(z.int().min(1).max(1_000))
  .default(100)
  .describe('The maximum number of items, 1 to 1,000')

/** A calendar year, as streams name it. */
export const year = z.string().regex(/^[1-9]\d{3}$/, 'must be a year such as 2026')

/** A page of items. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional().describe('Pass it as `after` to get the next page') })

/** The body of a write that is fully described by its path. */
export const noBody = z.strictObject({}).nullish()
