import type { Condition, Scalar } from '../../core/reading/filter.ts'

/** A condition in the query language of MongoDB, on documents of any shape. */
export type DocumentFilter = { readonly [fieldOrOperator: string]: unknown }

const OPERATORS = { eq: '$eq', gt: '$gt', gte: '$gte', lt: '$lt', lte: '$lte' } as const

/** The types of a number, as `$type` returns them in an expression. */
const NUMBERS = ['int', 'double', 'long', 'decimal'] as const

/** The types of everything that is neither object nor array, in the same way; "missing" is one of them. */
export const SCALARS = ['missing', 'undefined', 'null', 'bool', 'string', ...NUMBERS] as const

/**
 * Conditions on fields of a JSON object, to be combined in an `$and`. Paths were checked and values are bound as
 * values, so no text of a caller becomes part of a query.
 *
 * @param root the field that contains the object
 */
export const conditionFilters = (conditions: readonly Condition[], root: string): readonly DocumentFilter[] =>
  conditions.flatMap((condition) => {
    if (condition.operator === 'or') return [anyOf(condition.alternatives.map((all) => conditionFilters(all, root)))]
    const field = [root, ...condition.path].join('.')
    if (condition.operator === 'in')
      return [{ [field]: { $in: condition.values } }, isOfType(field, condition.values.flatMap(typesOf))]
    const { operator, value } = condition
    const type = isOfType(field, typesOf(value))
    if (operator === 'ne') return [{ $nor: [{ $and: [{ [field]: { $eq: value } }, type] }] }]
    return [{ [field]: { [OPERATORS[operator]]: value } }, type]
  })

function anyOf(alternatives: readonly (readonly DocumentFilter[])[]): DocumentFilter {
  if (alternatives.length === 0) return { _id: { $in: [] } }
  return { $or: alternatives.map((all) => (all.length === 0 ? {} : { $and: all })) }
}

/**
 * That the value of a field has one of these types. Comparisons alone look into arrays, also those on the path to the
 * field, and treat a missing field as null; but only comparisons can use an index.
 */
export const isOfType = (field: string, types: readonly string[]): DocumentFilter => ({
  $expr: { $in: [{ $type: `$${field}` }, types] },
})

function typesOf(value: Scalar): readonly string[] {
  if (value === null) return ['null']
  if (typeof value === 'boolean') return ['bool']
  return typeof value === 'number' ? NUMBERS : ['string']
}
