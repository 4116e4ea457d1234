import type { SQLInputValue } from 'node:sqlite'
import type { Condition, Scalar } from '../../core/reading/filter.ts'

/** A piece of SQL and what is bound to its question marks. */
export type Sql = { readonly text: string; readonly values: readonly SQLInputValue[] }

const OPERATORS = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/**
 * Conditions on fields of a column of JSON text, each with an AND in front. Paths and values are bound, never written
 * into the text.
 *
 * @param root the member of the document that the paths start in
 */
export function conditionsSql(conditions: readonly Condition[], column: string, root: readonly string[] = []): Sql {
  const parts = conditions.map((condition) => conditionSql(condition, column, root))
  return {
    text: parts.map(({ text }) => ` AND ${text}`).join(''),
    values: parts.flatMap(({ values }) => values),
  }
}

/** The JSON path of a field, in SQLite's notation. */
export const jsonPath = (names: readonly string[]): string => `$${names.map((name) => `."${name}"`).join('')}`

function conditionSql({ path, operator, value }: Condition, column: string, root: readonly string[]): Sql {
  const field = jsonPath([...root, ...path])
  const type = `json_type(${column}, ?)`
  if (value === null || typeof value === 'boolean') return { text: `${type} = ?`, values: [field, String(value)] }
  const text = `${type} IN ${typesOf(value)} AND ${valueSql(value, column)} ${OPERATORS[operator]} ?`
  return { text: `(${text})`, values: [field, field, value] }
}

const typesOf = (value: Scalar): string => (typeof value === 'string' ? `('text')` : `('integer', 'real')`)

// JSON's numbers are doubles here, also the ones that SQLite would take for integers beyond 2^53.
const valueSql = (value: Scalar, column: string): string =>
  typeof value === 'string' ? `json_extract(${column}, ?)` : `CAST(json_extract(${column}, ?) AS REAL)`
