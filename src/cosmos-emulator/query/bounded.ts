import { queryError } from './errors.ts'

/**
 * Lets a query fail for itself alone when it is nested deeper, or makes longer texts, than JavaScript can hold. The
 * service has bounds too, and does not publish them.
 *
 * @throws CosmosError 400 then
 */
export function bounded<Answer>(run: () => Answer): Answer {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw queryError('SC3000', 'The query is too complex.')
  }
}
