import vm from 'node:vm'
import { badRequest } from '../engine/errors.ts'

const MOST = 100
const known = new Map<string, Compiled>()

/** A procedure that can be run again and again. */
export type Compiled = {
  /** Hands the procedure to `$server` of the realm that it runs in. */
  readonly script: vm.Script
  /** Whether it can make promises. */
  readonly usesPromises: boolean
}

/**
 * Compiles a procedure's text, which is one function between comments.
 *
 * @throws CosmosError 400 for text that is no expression
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
  const code = `(${withoutImports(withoutEnd(text))}\n)`
  try {
    // By itself first: text that is an expression only together with what stands around it would leave the function.
    new vm.Script(code, { filename: 'procedure.js' })
    return {
      script: new vm.Script(`$server.load(function () { return ${code} })`, { filename: 'procedure.js' }),
      usesPromises: /async|Promise/.test(text),
    }
  } catch (error) {
    const reason = `Encountered exception while compiling Javascript. Exception = ${String(error)}`
    throw badRequest(`Message: ${JSON.stringify({ Errors: [reason] })}`)
  }
}

/**
 * `import` makes an error that belongs to the host, by which a procedure could leave its realm. A keyword may not be
 * written with an escape, whereas in names, strings and comments the escape means the same letter.
 */
function withoutImports(text: string): string {
  return text.replaceAll('import', '\\u0069mport')
}

/** The text without blanks and semicolons at its end. */
function withoutEnd(text: string): string {
  let end = text.length
  // A regular expression would look for the end from each semicolon of the text anew.
  while (end > 0 && /[\s;]/.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
