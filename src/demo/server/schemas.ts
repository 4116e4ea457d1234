import { z } from 'zod'
import { PROBLEM_JSON } from '../../http/problems/problem.ts'

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

/** After which version of a stream a page begins. */
export const afterVersion = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the next of the previous page')
  .transform(Number)
  .default(0)

/** A page of items. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional().describe('Pass it as `after` to get the next page') })

/** A time that something is shown as of. Without a zone it is UTC, as everywhere here, and a date is its first moment. */
export const asOf = (what: string) =>
  z
    .union([z.iso.datetime({ offset: true, local: true }), z.iso.date()], 'must be a time such as 2026-11-20T12:00:00Z')
    .transform((text) => new Date(/(T.*[Z+-].*|^\d{4}-\d{2}-\d{2})$/.test(text) ? text : `${text}Z`))
    .describe(`A time; the ${what} is shown as it was then`)
