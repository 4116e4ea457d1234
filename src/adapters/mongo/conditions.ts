import type { Condition, Scalar } from '../../core/reading/filter.ts'

/** A condition in the query language of MongoDB, on documents of any shape. */
export type DocumentFilter = { readonly [fieldOrOperator: string]: unknown }

const OPERATORS = { eq: '$eq', gt: '$gt', gte: '$gte', lt: '$lt', lte: '$lte' } as const

/** The types of a number, as `$type` answers in an expression. */
const NUMBERS = ['int', 'double', 'long', 'decimal'] as const

/** The types of what is no object and no array, in the same way; nothing at all is one of them. */
export const SCALARS = ['missing', 'undefined', 'null', 'bool', 'string', ...NUMBERS] as const

/**
 * Conditions on fields of a JSON object, all to be put into an `$and`. Paths were checked and values are values, so no
 * text of a caller becomes query language.
 *
 * @param root the field that holds the object
 */
export const conditionFilters = (conditions: readonly Condition[], root: string): readonly DocumentFilter[] =>
  conditions.flatMap(({ path, operator, value }) => {
    const field = [root, ...path].join('.')
    return [{ [field]: { [OPERATORS[operator]]: value } }, isOfType(field, typesOf(value))]
  })

/**
 * That the value of a field has one of these types. Comparisons alone look into arrays, also into those on the way to
 * the field, and take what is missing for null; but it is they that an index serves.
 */
export const isOfType = (field: string, types: readonly string[]): DocumentFilter => ({
  $expr: { $in: [{ $type: `$${field}` }, types] },
})

function typesOf(value: Scalar): readonly string[] {
  if (value === null) return ['null']
  if (typeof value === 'boolean') return ['bool']
  return typeof value === 'number' ? NUMBERS : ['string']
}
