import { badRequest } from '../engine/errors.ts'
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
  const { number, stack, code } = membersOf(thrown)
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return new CosmosError(408, 'RequestTimeout', errors('The requested operation exceeded maximum alloted time.'))
  }
  const text = textOf(thrown)
  const trace = typeof stack === 'string' ? `\r\nStack trace: ${stackOf(text, stack)}` : ''
  const reason = `Encountered exception while executing function. Exception = ${text}${trace}`
  const substatus = typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
  return badRequest(errors(reason), substatus)
}

const errors = (reason: string): string => `Message: ${JSON.stringify({ Errors: [reason] })}`

// Only lines of the procedure say anything to its author.
function stackOf(text: string, stack: string): string {
  return [text, ...stack.split('\n').filter((line) => /^\s+at .*procedure\.js/.test(line))].join('\n')
}

// A procedure can throw what throws when it is looked at.
function membersOf(thrown: unknown): NonNullable<Thrown> {
  try {
    const { number, stack, code } = (typeof thrown === 'object' ? (thrown as Thrown) : undefined) ?? {}
    return { number, stack, code }
  } catch {
    return {}
  }
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'an object without text'
  }
}
