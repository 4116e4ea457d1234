import { badRequest } from '../engine/errors.ts'
import type { JsonValue } from '../engine/types.ts'
import type { Value } from './evaluate/values.ts'

/** Where a query resumes: after how many rows, and after which row if rows can be identified. */
export type Continuation = {
  /** Rows returned so far. */
  readonly rows: number
  readonly after?: {
    /** The `_rid` of the last row's document. */
    readonly rid: string
    /** The number of the last row among those of its document, from 0. */
    readonly row: number
    /** The last row's values of ORDER BY. */
    readonly keys: readonly Value[]
  }
}

/** The continuation before the first page. */
export const START = '#TRC:0'

/** In the service's own format: RID the document, SRC its rows, TRC the rows in total, RTD the values of ORDER BY. */
export function encodeContinuation({ rows, after }: Continuation): string {
  if (after === undefined) return `#TRC:${rows}`
  // An undefined value has no JSON, so each is in its own array.
  const keys = after.keys.map((key) => (key === undefined ? [] : [key]))
  const encoded = keys.length > 0 ? `#RTD:${Buffer.from(JSON.stringify(keys)).toString('base64')}` : ''
  return `+RID:~${after.rid}#SRC:${after.row}#TRC:${rows}${encoded}`
}

/** @throws CosmosError 400 for anything that no page returned */
export function decodeContinuation(text: string): Continuation {
  const parts = /^(?:\+RID:~(?<rid>[^#]+)#SRC:(?<row>\d+))?#TRC:(?<rows>\d+)(?:#RTD:(?<keys>[^#]+))?$/.exec(
    text,
  )?.groups
  const keys = parts?.keys === undefined ? [] : parseKeys(parts.keys)
  if (!parts || keys === undefined) throw badRequest(`Invalid Continuation Token: ${text}`)
  const rows = Number(parts.rows)
  return parts.rid === undefined ? { rows } : { rows, after: { rid: parts.rid, row: Number(parts.row), keys } }
}

function parseKeys(encoded: string): Value[] | undefined {
  try {
    const keys: JsonValue = JSON.parse(Buffer.from(encoded, 'base64').toString())
    return Array.isArray(keys) ? keys.map((key) => (Array.isArray(key) ? key[0] : undefined)) : undefined
  } catch {
    return undefined
  }
}
