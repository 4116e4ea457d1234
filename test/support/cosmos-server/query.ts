import type { StoredDocument } from './types.ts'

/** A query as a stored procedure sends it. */
export type ServerQuery = {
  readonly query: string
  readonly parameters: readonly { readonly name: string; readonly value: unknown }[]
}

type Values = ReadonlyMap<string, unknown>
type Condition = (document: StoredDocument, values: Values) => boolean

const SHAPE =
  /^SELECT (?:TOP (?<top>\d+) )?(?<what>\*|c\.id) FROM c(?: WHERE (?<where>.+?))?(?: ORDER BY (?<order>c[\w.]+) DESC)?$/

/**
 * Answers the part of Cosmos SQL that our stored procedures speak: TOP, comparisons and ARRAY_CONTAINS joined by AND and OR,
 * and a descending order. Anything else is an error, so that no query passes without having been understood.
 */
export function evaluate({ query, parameters }: ServerQuery, documents: readonly StoredDocument[]): unknown[] {
  const parts = SHAPE.exec(query)?.groups
  if (!parts) throw new Error(`This query is not understood: ${query}`)
  const values = new Map(parameters.map(({ name, value }) => [name, value]))
  const conditions = parts.where?.split(' OR ').map(parseConjunction) ?? []
  const found = documents.filter(
    (document) => conditions.length === 0 || conditions.some((condition) => condition(document, values)),
  )
  const { order } = parts
  if (order) found.sort((a, b) => Number(valueAt(b, order)) - Number(valueAt(a, order)))
  const rows = parts.top === undefined ? found : found.slice(0, Number(parts.top))
  return rows.map((row) => (parts.what === '*' ? structuredClone(row) : { id: row.id }))
}

function parseConjunction(text: string): Condition {
  const all = text.split(' AND ').map(parseCondition)
  return (document, values) => all.every((condition) => condition(document, values))
}

function parseCondition(text: string): Condition {
  const contains = /^ARRAY_CONTAINS\((@\w+), (c[\w.]+)\)$/.exec(text)
  if (contains) {
    const [, name = '', path = ''] = contains
    return (document, values) => (parameterOf(values, name) as unknown[]).includes(valueAt(document, path))
  }
  const [, path = '', operator = '', name = ''] = /^(c[\w.]+) (=|!=|<|>=) (@\w+)$/.exec(text) ?? []
  if (operator === '=') return (document, values) => valueAt(document, path) === parameterOf(values, name)
  if (operator === '!=') return (document, values) => valueAt(document, path) !== parameterOf(values, name)
  if (operator === '<') return (document, values) => Number(valueAt(document, path)) < Number(parameterOf(values, name))
  if (operator === '>=')
    return (document, values) => Number(valueAt(document, path)) >= Number(parameterOf(values, name))
  throw new Error(`This condition is not understood: ${text}`)
}

function parameterOf(values: Values, name: string): unknown {
  if (!values.has(name)) throw new Error(`Parameter ${name} has no value`)
  return values.get(name)
}

function valueAt(document: StoredDocument, path: string): unknown {
  let value: unknown = document
  for (const name of path.split('.').slice(1)) value = (value as Record<string, unknown> | undefined)?.[name]
  return value
}
