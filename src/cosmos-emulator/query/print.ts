import type { Expression, Query, Source } from './language/ast.ts'

/** An expression as text that parses to the same. */
export function printExpression(expression: Expression): string {
  const list = (expressions: readonly Expression[]): string => expressions.map(printExpression).join(', ')
  switch (expression.type) {
    case 'literal':
      return expression.value === undefined ? 'undefined' : JSON.stringify(expression.value)
    case 'parameter':
    case 'name':
      return expression.name
    case 'member': {
      const object = printExpression(expression.object)
      const { property } = expression
      return expression.dotted && property.type === 'literal'
        ? `${object}.${property.value}`
        : `${object}[${printExpression(property)}]`
    }
    case 'call':
      return `${expression.name}(${list(expression.args)})`
    case 'unary':
      return `(${expression.operator} ${printExpression(expression.operand)})`
    case 'binary':
      return `(${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)})`
    case 'conditional': {
      const [test, whenTrue, otherwise] = [expression.test, expression.whenTrue, expression.otherwise].map(
        printExpression,
      )
      return `(${test} ? ${whenTrue} : ${otherwise})`
    }
    case 'between': {
      const [value, low, high] = [expression.value, expression.low, expression.high].map(printExpression)
      return `(${value}${not(expression)} BETWEEN ${low} AND ${high})`
    }
    case 'in':
      return `(${printExpression(expression.value)}${not(expression)} IN (${list(expression.options)}))`
    case 'like': {
      const escaped = expression.escape === undefined ? '' : ` ESCAPE ${JSON.stringify(expression.escape)}`
      const [value, pattern] = [expression.value, expression.pattern].map(printExpression)
      return `(${value}${not(expression)} LIKE ${pattern}${escaped})`
    }
    case 'array':
      return `[${list(expression.elements)}]`
    case 'object':
      return printObject(expression.members)
    case 'subquery':
      return `${expression.kind === 'scalar' ? '' : expression.kind.toUpperCase()}(${printQuery(expression.query)})`
  }
}

/** An object literal. */
export function printObject(members: readonly (readonly [name: string, value: Expression | string])[]): string {
  const entries = members.map(
    ([name, value]) => `${JSON.stringify(name)}: ${typeof value === 'string' ? value : printExpression(value)}`,
  )
  return `{${entries.join(', ')}}`
}

/** The parts of a query from FROM on, up to but without ORDER BY; `filter` stands for WHERE's condition. */
export function printFrom({ sources, groupBy }: Query, filter: string | undefined): string {
  const from = sources.map((source, i) => `${i === 0 ? 'FROM' : 'JOIN'} ${printSource(source)}`)
  return [
    ...from,
    ...(filter === undefined ? [] : [`WHERE ${filter}`]),
    ...(groupBy.length > 0 ? [`GROUP BY ${groupBy.map(printExpression).join(', ')}`] : []),
  ].join('\n')
}

/** ORDER BY with its items, or nothing. */
export function printOrder({ orderBy }: Query): string {
  if (orderBy.length === 0) return ''
  const items = orderBy.map(({ value, descending }) => `${printExpression(value)} ${descending ? 'DESC' : 'ASC'}`)
  return `\nORDER BY ${items.join(', ')}`
}

/** What stands between SELECT and FROM, as in the query. */
export function printSelect({ select }: Query): string {
  if (select.type === 'all') return '*'
  if (select.type === 'value') return `VALUE ${printExpression(select.value)}`
  return select.columns
    .map(({ name, value }) => `${printExpression(value)}${name.startsWith('$') ? '' : ` AS ${JSON.stringify(name)}`}`)
    .join(', ')
}

function printQuery(query: Query): string {
  const { distinct, top, offset, limit } = query
  return [
    `SELECT ${distinct ? 'DISTINCT ' : ''}${top ? `TOP ${printExpression(top)} ` : ''}${printSelect(query)}`,
    `${printFrom(query, query.where && printExpression(query.where))}${printOrder(query)}`,
    ...(offset && limit ? [`OFFSET ${printExpression(offset)} LIMIT ${printExpression(limit)}`] : []),
  ].join('\n')
}

function printSource({ alias, from, iterates }: Source): string {
  if (from.type === 'subquery' && from.kind === 'array') return `(${printQuery(from.query)})${alias && ` AS ${alias}`}`
  return iterates ? `${alias} IN ${printExpression(from)}` : `${printExpression(from)} AS ${alias}`
}

const not = ({ negated }: { readonly negated: boolean }): string => (negated ? ' NOT' : '')
