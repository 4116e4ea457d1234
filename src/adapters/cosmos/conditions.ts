import type { SqlParameter } from '@azure/cosmos'
import type { Condition, Scalar } from '../../core/reading/filter.ts'

/** A query in the SDK's form. */
export type Sql = { query: string; parameters: SqlParameter[] }

const COMPARISONS = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/** Collects the parameters of a query, so that no value ever becomes a part of its text. */
export class Parameters {
  readonly all: SqlParameter[] = []

  /** The name under which the query refers to a value. */
  add(value: SqlParameter['value']): string {
    const name = `@p${this.all.length}`
    this.all.push({ name, value })
    return name
  }
}

/**
 * A field of a document as a query names it.
 *
 * @param names as `parsePath` accepts them, so that none can end the quotation
 */
export const fieldSql = (names: readonly string[]): string => `c${names.map((name) => `["${name}"]`).join('')}`

/**
 * Conditions on fields, each with an AND in front. Values of different types are never equal, less or greater in the
 * query language, so no check of the type is needed but where they are to differ.
 *
 * @param root the member of the document that the paths start in
 */
export const conditionsSql = (
  conditions: readonly Condition[],
  parameters: Parameters,
  root: readonly string[],
): string => conditions.map((condition) => ` AND ${conditionSql(condition, parameters, root)}`).join('')

function conditionSql(condition: Condition, parameters: Parameters, root: readonly string[]): string {
  if (condition.operator === 'or') {
    const alternatives = condition.alternatives.map((all) => `(true${conditionsSql(all, parameters, root)})`)
    return alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`
  }
  const field = fieldSql([...root, ...condition.path])
  if (condition.operator === 'in') {
    const values = condition.values.map((value) => parameters.add(value))
    return values.length === 0 ? 'false' : `${field} IN (${values.join(', ')})`
  }
  const { operator, value } = condition
  if (operator === 'ne') return differsSql(field, value, parameters)
  return `${field} ${COMPARISONS[operator]} ${parameters.add(value)}`
}

// A comparison of two types, or with what is missing, is undefined, which no NOT makes true; whether it is of a type is not.
function differsSql(field: string, value: Scalar, parameters: Parameters): string {
  if (value === null) return `NOT IS_NULL(${field})`
  const isOfType = { string: 'IS_STRING', number: 'IS_NUMBER', boolean: 'IS_BOOL' }[
    typeof value as 'string' | 'number' | 'boolean'
  ]
  return `(NOT ${isOfType}(${field}) OR ${field} != ${parameters.add(value)})`
}
