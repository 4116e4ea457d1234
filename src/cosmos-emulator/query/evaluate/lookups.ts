import { type Expression, pathOf } from '../language/ast.ts'

/** A path below the document, such as `['stream', 'id']`. */
export type DocumentPath = readonly (string | number)[]

/** A condition that an index can decide, if it has these paths. */
export type LookupCondition = { readonly expression: Expression; readonly paths: readonly DocumentPath[] }

const COMPARISONS = new Set(['=', '!=', '<>', '<', '<=', '>', '>='])
const INDEXED_FUNCTIONS = new Set([
  ...['ARRAY_CONTAINS', 'CONTAINS', 'ENDSWITH', 'IS_ARRAY', 'IS_BOOL', 'IS_DEFINED', 'IS_NULL', 'IS_NUMBER'],
  ...['IS_OBJECT', 'IS_STRING', 'REGEXMATCH', 'STARTSWITH', 'STRINGEQUALS'],
])

/**
 * The conditions of a filter that an index can decide: those that compare a path with what does not depend on the
 * document. Documents that fulfil them have to be loaded to decide the rest.
 *
 * @param alias the name of the document
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-query-performance for what an index decides
 */
export function lookupConditions(where: Expression | undefined, alias: string): LookupCondition[] {
  if (where === undefined) return []
  if (where.type === 'binary' && where.operator === 'AND') {
    return [...lookupConditions(where.left, alias), ...lookupConditions(where.right, alias)]
  }
  const paths = pathsDecided(where, alias)
  return paths === undefined ? [] : [{ expression: where, paths }]
}

/** The paths that an index must have to decide a condition; `undefined` when none can. */
function pathsDecided(condition: Expression, alias: string): readonly DocumentPath[] | undefined {
  const path = (expression: Expression | undefined): DocumentPath | undefined => {
    const [root, ...names] = (expression && pathOf(expression)) ?? []
    return root === alias && names.length > 0 ? names : undefined
  }
  const against = (value: Expression | undefined, others: readonly Expression[]) => {
    const found = path(value)
    return found !== undefined && others.every(isConstant) ? [found] : undefined
  }
  switch (condition.type) {
    case 'binary': {
      const { operator, left, right } = condition
      if (COMPARISONS.has(operator)) return against(left, [right]) ?? against(right, [left])
      if (operator !== 'OR' && operator !== 'AND') return undefined
      const [first, second] = [pathsDecided(left, alias), pathsDecided(right, alias)]
      return first && second && [...first, ...second]
    }
    case 'unary':
      return condition.operator === 'NOT' ? pathsDecided(condition.operand, alias) : undefined
    case 'between':
      return against(condition.value, [condition.low, condition.high])
    case 'in':
      return against(condition.value, condition.options)
    case 'like':
      return against(condition.value, [condition.pattern])
    case 'call': {
      const [value, ...others] = condition.args
      return INDEXED_FUNCTIONS.has(condition.name) ? against(value, others) : undefined
    }
    default:
      return undefined
  }
}

function isConstant(expression: Expression): boolean {
  switch (expression.type) {
    case 'literal':
    case 'parameter':
      return true
    case 'unary':
      return isConstant(expression.operand)
    case 'array':
      return expression.elements.every(isConstant)
    default:
      return false
  }
}
