import { compileQuery } from './evaluate/compile-query.ts'
import type { CompiledQuery } from './evaluate/frame.ts'
import type { Query } from './language/ast.ts'
import { parseQuery } from './language/parse-query.ts'

/** A query's text, understood. */
export type Understood = { readonly query: Query; readonly compiled: CompiledQuery }

// An application has some dozens of query texts; past this number they are probably made up one by one.
const MOST = 500
const known = new Map<string, Understood>()

/**
 * Parses and compiles a query, once for each text: parameters come in only when it is evaluated.
 *
 * @throws CosmosError 400
 */
export function understand(text: string): Understood {
  const found = known.get(text)
  if (found !== undefined) return found
  const query = parseQuery(text)
  const understood = { query, compiled: compileQuery(query) }
  if (known.size >= MOST) known.clear()
  known.set(text, understood)
  return understood
}
