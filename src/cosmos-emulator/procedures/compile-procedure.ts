import vm from 'node:vm'
import { badRequest } from '../engine/errors.ts'

const MOST = 100
const known = new Map<string, Compiled>()

/** A procedure that can be run again and again. */
export type Compiled = {
  /** Leaves the procedure as `$procedure`. */
  readonly script: vm.Script
  /** Whether it may make promises. */
  readonly usesPromises: boolean
}

/**
 * Compiles a procedure's text, which is one function between comments.
 *
 * @throws CosmosError 400 for text that is no function
 */
export function compileProcedure(text: string): Compiled {
  const found = known.get(text)
  if (found !== undefined) return found
  const compiled = compile(text)
  if (known.size >= MOST) known.clear()
  known.set(text, compiled)
  return compiled
}

function compile(text: string): Compiled {
  try {
    const code = `var $procedure = (${text.trim().replace(/;+$/, '')}\n)`
    return {
      script: new vm.Script(code, { filename: 'procedure.js' }),
      usesPromises: /\b(?:async|Promise)\b/.test(text),
    }
  } catch (error) {
    const reason = `Encountered exception while compiling Javascript. Exception = ${String(error)}`
    throw badRequest(`Message: ${JSON.stringify({ Errors: [reason] })}`)
  }
}
