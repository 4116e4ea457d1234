import vm from 'node:vm'
import { CosmosError } from '../engine/types.ts'

const MOST = 100
const known = new Map<string, vm.Script>()

/**
 * Compiles a procedure's text, which is one function between comments, to a script that leaves it as `$procedure`.
 *
 * @throws CosmosError 400 for text that is no function
 */
export function compileProcedure(text: string): vm.Script {
  const found = known.get(text)
  if (found !== undefined) return found
  const compiled = compile(text)
  if (known.size >= MOST) known.clear()
  known.set(text, compiled)
  return compiled
}

function compile(text: string): vm.Script {
  try {
    return new vm.Script(`var $procedure = (${text.trim().replace(/;+$/, '')}\n)`, { filename: 'procedure.js' })
  } catch (error) {
    const reason = `Encountered exception while compiling Javascript. Exception = ${String(error)}`
    throw new CosmosError(400, 'BadRequest', `Message: ${JSON.stringify({ Errors: [reason] })}`)
  }
}
