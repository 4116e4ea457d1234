import { bounded } from './bounded.ts'
import { queryError } from './errors.ts'
import { compileQuery } from './evaluate/compile-query.ts'
import type { CompiledQuery } from './evaluate/frame.ts'
import type { Query } from './language/ast.ts'
import { parseQuery } from './language/parse-query.ts'

/** A query's text, understood. */
export type Understood = { readonly query: Query; readonly compiled: CompiledQuery }

// An application has some dozens of query texts; past this number they are probably made up one by one.
const MOST = 500
const MAX_BYTES = 512 * 1024
const known = new Map<string, Understood>()

/**
 * Parses and compiles a query, once for each text: parameters come in only when it is evaluated.
 *
 * @throws CosmosError 400
 */
export function understand(text: string): Understood {
  const found = known.get(text)
  if (found !== undefined) return found
  if (Buffer.byteLength(text) > MAX_BYTES) throw queryError('SC3001', 'The SQL query text exceeded the maximum limit.')
  const understood = bounded(() => {
    const query = parseQuery(text)
    return { query, compiled: compileQuery(query) }
  })
  if (known.size >= MOST) known.clear()
  known.set(text, understood)
  return understood
}
