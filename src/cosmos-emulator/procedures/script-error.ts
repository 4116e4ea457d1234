import { badRequest } from '../engine/errors.ts'
import type { CosmosError } from '../engine/types.ts'

/**
 * What the service answers for what a procedure threw: always 400, and the error's number, where it has one, as the
 * substatus. `new Error(404, '…')` has one, and so has the error of a server call that is thrown as it came.
 *
 * @param text the thrown value as text
 * @param number the thrown value's `number`, whatever that is
 * @see https://github.com/Azure/azure-cosmos-dotnet-v2/issues/518 for the body,
 * https://github.com/microsoft/fhir-server/pull/449 for the substatus
 */
export function scriptError(text: string, number?: unknown): CosmosError {
  const reason = `Encountered exception while executing function. Exception = ${text}`
  const substatus = typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
  return badRequest(`Message: ${JSON.stringify({ Errors: [reason] })}`, substatus)
}
