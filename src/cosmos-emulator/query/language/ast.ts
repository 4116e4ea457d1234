import type { JsonValue } from '../../engine/types.ts'
import type { Location } from '../errors.ts'

/** An expression of the query language. Words that stand for operators (`AND`, `NOT`) are in capitals. */
export type Expression =
  | { readonly type: 'literal'; readonly value: JsonValue | undefined }
  | { readonly type: 'parameter'; readonly name: string }
  | { readonly type: 'name'; readonly name: string; readonly location: Location }
  | { readonly type: 'member'; readonly object: Expression; readonly property: Expression; readonly dotted: boolean }
  | {
      readonly type: 'call'
      readonly name: string
      readonly args: readonly Expression[]
      readonly location: Location
    }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly type: 'conditional'
      readonly test: Expression
      readonly whenTrue: Expression
      readonly otherwise: Expression
    }
  | {
      readonly type: 'between'
      readonly value: Expression
      readonly low: Expression
      readonly high: Expression
      readonly negated: boolean
    }
  | {
      readonly type: 'in'
      readonly value: Expression
      readonly options: readonly Expression[]
      readonly negated: boolean
    }
  | {
      readonly type: 'like'
      readonly value: Expression
      readonly pattern: Expression
      readonly escape: string | undefined
      readonly negated: boolean
    }
  | { readonly type: 'array'; readonly elements: readonly Expression[] }
  | { readonly type: 'object'; readonly members: readonly (readonly [name: string, value: Expression])[] }
  | { readonly type: 'subquery'; readonly kind: 'scalar' | 'array' | 'exists'; readonly query: Query }

/** A column of a `SELECT` list. Its name is the alias, the last property of its path, or `$1`, `$2`… */
export type Column = { readonly name: string; readonly value: Expression }

/** What follows `SELECT`. */
export type Select =
  | { readonly type: 'all'; readonly location: Location }
  | { readonly type: 'value'; readonly value: Expression }
  | { readonly type: 'list'; readonly columns: readonly Column[] }

/** A source of `FROM` or `JOIN`: a path or query, each of whose elements is taken when it `iterates` (`x IN path`). */
export type Source = { readonly alias: string; readonly from: Expression; readonly iterates: boolean }

/** An item of `ORDER BY`. */
export type Sort = { readonly value: Expression; readonly descending: boolean }

/** A parsed query. */
export type Query = {
  readonly distinct: boolean
  readonly top: Expression | undefined
  readonly select: Select
  readonly sources: readonly Source[]
  readonly where: Expression | undefined
  readonly groupBy: readonly Expression[]
  readonly orderBy: readonly Sort[]
  readonly offset: Expression | undefined
  readonly limit: Expression | undefined
}

/** The property names from a root name on, when an expression is such a path: `c.a["b"]` is `['c', 'a', 'b']`. */
export function pathOf(expression: Expression): readonly (string | number)[] | undefined {
  if (expression.type === 'name') return [expression.name]
  if (expression.type !== 'member' || expression.property.type !== 'literal') return undefined
  const { value } = expression.property
  const before = pathOf(expression.object)
  return before && (typeof value === 'string' || typeof value === 'number') ? [...before, value] : undefined
}
