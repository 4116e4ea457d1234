import type { SqlParameter } from '@azure/cosmos'
import type { Condition } from '../../core/reading/filter.ts'

/** A query as the SDK takes it. */
export type Sql = { query: string; parameters: SqlParameter[] }

const OPERATORS = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

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
 * @param names as `parsePath` lets them through, so that none can end the quotation
 */
export const fieldSql = (names: readonly string[]): string => `c${names.map((name) => `["${name}"]`).join('')}`

/**
 * Conditions on fields, each with an AND in front. Values of different types are never equal, less or greater in the
 * query language, so no check of the type is needed.
 *
 * @param root the member of the document that the paths start in
 */
export const conditionsSql = (
  conditions: readonly Condition[],
  parameters: Parameters,
  root: readonly string[],
): string =>
  conditions
    .map(({ path, operator, value }) => {
      return ` AND ${fieldSql([...root, ...path])} ${OPERATORS[operator]} ${parameters.add(value)}`
    })
    .join('')
