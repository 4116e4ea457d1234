import { aggregateNamed } from './evaluate/aggregates.ts'
import type { Expression } from './language/ast.ts'
import { printExpression } from './print.ts'

const NAMES: Readonly<Record<string, string>> = {
  AVG: 'Average',
  COUNT: 'Count',
  MAX: 'Max',
  MIN: 'Min',
  SUM: 'Sum',
}

/** The name by which the client's pipeline knows an aggregate; undefined for any other expression. */
export function aggregateOf(expression: Expression): string | undefined {
  return expression.type === 'call' ? NAMES[expression.name] : undefined
}

/**
 * What each partition answers for an aggregate, so that the client can put several together: the sum and the count of
 * an average; whether there was anything to take the least or greatest of.
 *
 * @see the aggregators of `@azure/cosmos`, which read `item2` before `item`
 */
export function aggregateItem(expression: Expression & { type: 'call' }): string {
  const args = expression.args.map(printExpression).join(', ')
  const printed = printExpression(expression)
  if (expression.name === 'AVG') return `{"item": {"sum": SUM(${args}), "count": COUNT(${args})}}`
  if (expression.name === 'MIN' || expression.name === 'MAX') {
    const key = expression.name.toLowerCase()
    return `{"item": ${printed}, "item2": {"${key}": ${printed}, "count": COUNT(${args})}}`
  }
  return `{"item": ${printed}}`
}

/** Whether an aggregate stands anywhere in an expression, those of its queries apart. */
export function hasAggregate(expression: Expression): boolean {
  switch (expression.type) {
    case 'call':
      return aggregateNamed(expression.name) !== undefined || expression.args.some(hasAggregate)
    case 'member':
      return hasAggregate(expression.object) || hasAggregate(expression.property)
    case 'unary':
      return hasAggregate(expression.operand)
    case 'binary':
      return hasAggregate(expression.left) || hasAggregate(expression.right)
    case 'conditional':
      return [expression.test, expression.whenTrue, expression.otherwise].some(hasAggregate)
    case 'between':
      return [expression.value, expression.low, expression.high].some(hasAggregate)
    case 'in':
      return [expression.value, ...expression.options].some(hasAggregate)
    case 'like':
      return hasAggregate(expression.value) || hasAggregate(expression.pattern)
    case 'array':
      return expression.elements.some(hasAggregate)
    case 'object':
      return expression.members.some(([, value]) => hasAggregate(value))
    default:
      return false
  }
}
