import type { Condition, Scalar } from '../../../core/reading/filter.ts'
import { conditionsSql, fieldSql, Parameters, type Sql } from '../conditions.ts'
import type { Order } from './order.ts'

/** The views of a query, whatever the order. */
export type Selection = {
  readonly projection: string
  readonly version: number
  readonly conditions: readonly Condition[]
}

/**
 * Views with one value in the ordered field, by key. The key's order is that of the document's id, which the service
 * always indexes.
 *
 * @param afterKey it begins after this key
 */
export function byKeySql(
  selection: Selection,
  order: Order,
  value: Scalar,
  afterKey: string | undefined,
  most: number,
): Sql {
  const parameters = new Parameters()
  const prefix = `${selection.projection}:${selection.version}`
  const query = [
    select(most, selection, parameters),
    ` AND c.id > ${parameters.add(`${prefix}:${afterKey ?? ''}`)} AND c.id < ${parameters.add(`${prefix};`)}`,
    order.path.length === 0 ? '' : ` AND ${hasValue(fieldOf(order), value, parameters)}`,
    ' ORDER BY c.id',
  ]
  return { query: query.join(''), parameters: parameters.all }
}

/**
 * Views whose ordered field is of one type, by its value; ties in any order.
 *
 * @param beyond it begins beyond this value, in the order's direction
 */
export function byValueSql(
  selection: Selection,
  order: Order,
  type: 'number' | 'string',
  beyond: Scalar | undefined,
  most: number,
): Sql {
  const parameters = new Parameters()
  const field = fieldOf(order)
  const query = [
    select(most, selection, parameters),
    ` AND ${type === 'number' ? 'IS_NUMBER' : 'IS_STRING'}(${field})`,
    beyond === undefined ? '' : ` AND ${field} ${order.isDescending ? '<' : '>'} ${parameters.add(beyond)}`,
    ` ORDER BY ${field} ${order.isDescending ? 'DESC' : 'ASC'}`,
  ]
  return { query: query.join(''), parameters: parameters.all }
}

/** How many views there are, in parts: each row of the answer holds one. */
export function countSql(selection: Selection): Sql {
  const parameters = new Parameters()
  return { query: `SELECT VALUE COUNT(1) ${from(selection, parameters)}`, parameters: parameters.all }
}

const select = (most: number, selection: Selection, parameters: Parameters): string =>
  `SELECT TOP ${most} * ${from(selection, parameters)}`

function from({ projection, version, conditions }: Selection, parameters: Parameters): string {
  return [
    `FROM c WHERE c.projection = ${parameters.add(projection)}`,
    ` AND c.version = ${parameters.add(version)} AND IS_OBJECT(c.data)`,
    conditionsSql(conditions, parameters, ['data']),
  ].join('')
}

const fieldOf = ({ path }: Order): string => fieldSql(['data', ...path])

const hasValue = (field: string, value: Scalar, parameters: Parameters): string =>
  value === null
    ? `NOT (IS_BOOL(${field}) OR IS_NUMBER(${field}) OR IS_STRING(${field}))`
    : `${field} = ${parameters.add(value)}`
