import type { SQLInputValue } from 'node:sqlite'
import type { Condition, Scalar } from '../../core/reading/filter.ts'

/** A piece of SQL and the values bound to its question marks. */
export type Sql = { readonly text: string; readonly values: readonly SQLInputValue[] }

/** Where fields are looked for. */
export type Fields = {
  /** The column of JSON text. */
  readonly column: string
  /** The member of the document that paths start in. */
  readonly root: readonly string[]
  /**
   * What holds for every row that is looked for, repeated in each alternative of an `or`: only there does it let SQLite
   * go by a partial index.
   */
  readonly within?: Sql
}

const RANGES = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/** What the type of a value makes of its place in an order; none is what is missing, null, an array or an object. */
export const RANKS = { none: 0, boolean: 1, number: 2, string: 3 } as const

/** The rank of a value, as {@link fieldSql} has it of fields. */
export const rankOf = (value: Scalar): number =>
  RANKS[value === null ? 'none' : (typeof value as 'boolean' | 'number' | 'string')]

/**
 * A field as two expressions, neither of which is ever NULL: the rank of its type, and its value. Indexes are made of
 * just these, so that their text must not differ.
 *
 * @param path as `parsePath` lets it through, so that none of its names can end the quotation
 */
export function fieldSql(
  { column, root }: Fields,
  path: readonly string[],
): { readonly rank: string; readonly value: string } {
  const place = `${column}, '${jsonPath([...root, ...path])}'`
  // JSON's numbers are doubles here, also those that SQLite would treat as integers beyond 2^53.
  const number = `CAST(json_extract(${place}) AS REAL)`
  return {
    rank: `CASE json_type(${place}) WHEN 'text' THEN 3 WHEN 'integer' THEN 2 WHEN 'real' THEN 2 WHEN 'true' THEN 1 WHEN 'false' THEN 1 ELSE 0 END`,
    value: `CASE json_type(${place}) WHEN 'text' THEN json_extract(${place}) WHEN 'integer' THEN ${number} WHEN 'real' THEN ${number} WHEN 'true' THEN 1.0 ELSE 0.0 END`,
  }
}

/** Conditions on fields, each with an AND in front. Values are bound, never written into the text. */
export function conditionsSql(conditions: readonly Condition[], fields: Fields): Sql {
  const parts = conditions.map((condition) => conditionSql(condition, fields))
  return {
    text: parts.map(({ text }) => ` AND ${text}`).join(''),
    values: parts.flatMap(({ values }) => values),
  }
}

/** The JSON path of a field, in SQLite's notation. */
const jsonPath = (names: readonly string[]): string => `$${names.map((name) => `."${name}"`).join('')}`

// None is NULL for any row, so that each can be negated.
function conditionSql(condition: Condition, fields: Fields): Sql {
  switch (condition.operator) {
    case 'or':
      return orSql(condition.alternatives, fields)
    case 'in':
      return inSql(condition.path, condition.values, fields)
    case 'eq':
      return inSql(condition.path, [condition.value], fields)
    case 'ne': {
      const { text, values } = inSql(condition.path, [condition.value], fields)
      return { text: `NOT ${text}`, values }
    }
    default: {
      const { path, operator, value } = condition
      const field = fieldSql(fields, path)
      const rank = RANKS[typeof value as 'string' | 'number']
      return { text: `(${field.rank} = ${rank} AND ${field.value} ${RANGES[operator]} ?)`, values: [value] }
    }
  }
}

function inSql(path: readonly string[], values: readonly Scalar[], fields: Fields): Sql {
  const field = fieldSql(fields, path)
  const parts: Sql[] = []
  for (const [type, rank] of Object.entries(RANKS)) {
    const some = values
      .filter((value) => value !== null && typeof value === type)
      .map((value) => (typeof value === 'boolean' ? Number(value) : value))
    if (some.length === 0) continue
    const test = some.length === 1 ? '= ?' : `IN (${some.map(() => '?').join(', ')})`
    parts.push({ text: `${field.rank} = ${rank} AND ${field.value} ${test}`, values: some })
  }
  if (values.includes(null)) {
    const isNull = `json_type(${fields.column}, '${jsonPath([...fields.root, ...path])}') IS 'null'`
    parts.push({ text: `${field.rank} = ${RANKS.none} AND ${isNull}`, values: [] })
  }
  return anyOf(parts, fields)
}

const orSql = (alternatives: readonly (readonly Condition[])[], fields: Fields): Sql =>
  anyOf(
    alternatives.map((conditions) => {
      const { text, values } = conditionsSql(conditions, fields)
      return { text: `true${text}`, values }
    }),
    fields,
  )

function anyOf(parts: readonly Sql[], { within }: Fields): Sql {
  const [first] = parts
  if (first === undefined) return { text: 'false', values: [] }
  if (parts.length === 1) return { text: `(${first.text})`, values: first.values }
  return {
    text: `(${parts.map(({ text }) => `(${within === undefined ? '' : `${within.text} AND `}${text})`).join(' OR ')})`,
    values: parts.flatMap(({ values }) => [...(within?.values ?? []), ...values]),
  }
}
