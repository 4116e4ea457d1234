import { CosmosError } from '../engine/types.ts'

type Thrown = { readonly number?: unknown; readonly stack?: unknown; readonly code?: unknown } | null | undefined

/**
 * What the service answers for what a procedure threw: always 400, and the error's number, where it has one, as the
 * substatus. `new Error(404, '…')` has one, and so has the error of a server call that is thrown as it came.
 *
 * Past its time it is 408.
 *
 * @see https://github.com/Azure/azure-cosmos-dotnet-v2/issues/518 for the body,
 * https://github.com/microsoft/fhir-server/pull/449 for the substatus, and
 * https://github.com/MicrosoftDocs/azure-docs/issues/65514 for the time
 */
export function scriptError(thrown: unknown): CosmosError {
  if (thrown instanceof CosmosError) return thrown
  const { number, stack, code } = (typeof thrown === 'object' ? (thrown as Thrown) : undefined) ?? {}
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return new CosmosError(408, 'RequestTimeout', errors('The requested operation exceeded maximum alloted time.'))
  }
  const trace = typeof stack === 'string' ? `\r\nStack trace: ${stackOf(stack)}` : ''
  const reason = `Encountered exception while executing function. Exception = ${textOf(thrown)}${trace}`
  const substatus = typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
  return new CosmosError(400, 'BadRequest', errors(reason), substatus)
}

const errors = (reason: string): string => `Message: ${JSON.stringify({ Errors: [reason] })}`

// Only lines of the procedure say anything to its author.
function stackOf(stack: string): string {
  const lines = stack.split('\n')
  return [lines[0], ...lines.filter((line) => line.includes('procedure.js'))].join('\n')
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'an object without text'
  }
}
