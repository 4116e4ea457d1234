import type { Item, JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { type QueryOptions, type QueryRequest, runQuery } from '../../../../src/cosmos-emulator/query/run-query.ts'

/** The `_rid` of the n-th document of a container. */
function ridOf(n: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(7, 0)
  bytes.writeUInt32BE(9, 4)
  bytes.writeBigUInt64LE(BigInt(n), 8)
  return bytes.toString('base64').replaceAll('/', '-')
}

/** Documents as the server keeps them, with ids where none are given. */
export function documentsOf(fields: readonly { readonly [field: string]: JsonValue }[]): Item[] {
  return fields.map((own, i) => ({
    id: `d${i}`,
    ...own,
    _rid: ridOf(i + 1),
    _self: `dbs/d/colls/c/docs/${ridOf(i + 1)}/`,
    _etag: `"${i}"`,
    _attachments: 'attachments/',
    _ts: 1000 + i,
  }))
}

type Parameters = { readonly [name: string]: JsonValue }

/** A query with its parameters by name. */
export const request = (query: string, parameters: Parameters = {}): QueryRequest => ({
  query,
  parameters: Object.entries(parameters).map(([name, value]) => ({ name: `@${name}`, value })),
})

/** The rows of a query, on one page. */
export function rowsOf(query: string, documents: readonly Item[], parameters: Parameters = {}): unknown[] {
  return runQuery(request(query, parameters), documents, { maxItemCount: 10_000 }).rows
}

/** The pages of a query, to its end. */
export function pagesOf(asked: QueryRequest, documents: readonly Item[], options: QueryOptions): unknown[][] {
  const pages: unknown[][] = []
  let continuation: string | undefined
  do {
    const page = runQuery(asked, documents, { ...options, ...(continuation !== undefined && { continuation }) })
    pages.push(page.rows)
    continuation = page.continuation
  } while (continuation !== undefined)
  return pages
}
