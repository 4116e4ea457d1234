import { ViewRefused } from '../../../core/errors/view.ts'
import { serverCode } from '../client/driver-error.ts'

// Invalid or too large BSON, too many levels, names that are not allowed, a validator, two arrays in one index.
const REFUSING_CODES = new Set([15, 22, 52, 55, 56, 57, 121, 171, 10334, 17419, 17420])

/** The error of a save: `ViewRefused` if the server refuses the content of the document. */
export function asRefused(id: string, error: unknown): unknown {
  const { cause } = error as { readonly cause?: unknown }
  const code = serverCode(cause)
  if (code === undefined || !REFUSING_CODES.has(code)) return error
  return new ViewRefused(id, `MongoDB responded with ${code}`, { cause })
}
