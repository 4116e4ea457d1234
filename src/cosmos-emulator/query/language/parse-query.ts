import type { Column, Expression, Query, Select, Sort, Source } from './ast.ts'
import { pathOf } from './ast.ts'
import { Cursor } from './cursor.ts'
import { parseExpression } from './parse-expression.ts'

/**
 * Parses a query of the NoSQL query language.
 *
 * @throws CosmosError 400 (SC1001) for what the grammar does not know
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/query/ and the grammar of Microsoft's .NET SDK,
 * Microsoft.Azure.Cosmos/src/Query/Core/Parser/sql.g4 of https://github.com/Azure/azure-cosmos-dotnet-v3
 */
export function parseQuery(text: string): Query {
  const cursor = new Cursor(text)
  const query = queryAt(cursor)
  if (cursor.peek().kind !== 'end') throw cursor.error()
  return query
}

function queryAt(cursor: Cursor): Query {
  cursor.expect('SELECT')
  const distinct = cursor.accept('DISTINCT')
  const top = cursor.accept('TOP') ? count(cursor) : undefined
  const select = selectAt(cursor)
  const sources = cursor.accept('FROM') ? sourcesAt(cursor) : []
  const where = cursor.accept('WHERE') ? expression(cursor) : undefined
  const groupBy: Expression[] = []
  if (cursor.accept('GROUP')) {
    cursor.expect('BY')
    do groupBy.push(expression(cursor))
    while (cursor.accept(','))
  }
  const orderBy: Sort[] = []
  if (cursor.accept('ORDER')) {
    cursor.expect('BY')
    do orderBy.push(sortAt(cursor))
    while (cursor.accept(','))
  }
  const offset = cursor.accept('OFFSET') ? count(cursor) : undefined
  if (offset) cursor.expect('LIMIT')
  return { distinct, top, select, sources, where, groupBy, orderBy, offset, limit: offset && count(cursor) }
}

const expression = (cursor: Cursor): Expression => parseExpression(cursor, queryAt)

function count(cursor: Cursor): Expression {
  const token = cursor.take()
  if (token.kind === 'parameter') return { type: 'parameter', name: token.text }
  if (token.kind !== 'number') throw cursor.error(token)
  return { type: 'literal', value: token.value }
}

function selectAt(cursor: Cursor): Select {
  const { start, end } = cursor.peek()
  if (cursor.accept('*')) return { type: 'all', location: { start, end } }
  if (cursor.accept('VALUE')) return { type: 'value', value: expression(cursor) }
  const columns: Column[] = []
  let unnamed = 0
  do {
    const value = expression(cursor)
    const alias = aliasAt(cursor) ?? lastName(value)
    columns.push({ name: alias ?? `$${++unnamed}`, value })
  } while (cursor.accept(','))
  return { type: 'list', columns }
}

function aliasAt(cursor: Cursor): string | undefined {
  if (cursor.accept('AS')) {
    if (cursor.peek().kind === 'string') return String(cursor.take().value)
    return cursor.name()
  }
  return cursor.isName() ? cursor.name() : undefined
}

function lastName(value: Expression): string | undefined {
  const last = pathOf(value)?.at(-1)
  return typeof last === 'string' ? last : undefined
}

function sourcesAt(cursor: Cursor): Source[] {
  const sources = [sourceAt(cursor)]
  while (cursor.accept('JOIN')) sources.push(sourceAt(cursor))
  return sources
}

function sourceAt(cursor: Cursor): Source {
  if (cursor.isName() && cursor.isWord('IN', 1)) {
    const alias = cursor.name()
    cursor.expect('IN')
    const from = collectionAt(cursor)
    // `x IN (query)` goes through the array that the query's one row is; `(query) x` goes through its rows.
    return { alias, from: from.type === 'subquery' ? { ...from, kind: 'scalar' } : from, iterates: true }
  }
  const from = collectionAt(cursor)
  const alias = aliasAt(cursor) ?? lastName(from)
  if (alias === undefined && from.type !== 'subquery') throw cursor.error()
  // A query stands for its rows; what it is called cannot be asked for when no name was given.
  return { alias: alias ?? '', from, iterates: from.type === 'subquery' }
}

function collectionAt(cursor: Cursor): Expression {
  if (!cursor.accept('(')) {
    const token = cursor.peek()
    const isPath = token.kind === 'word'
    if (!isPath) throw cursor.error(token)
    return pathAt(cursor)
  }
  const query = queryAt(cursor)
  cursor.expect(')')
  return { type: 'subquery', kind: 'array', query }
}

function pathAt(cursor: Cursor): Expression {
  const { start, end } = cursor.peek()
  let path: Expression = { type: 'name', name: cursor.name(), location: { start, end } }
  for (;;) {
    if (cursor.accept('.')) {
      path = { type: 'member', object: path, property: { type: 'literal', value: cursor.name() }, dotted: true }
    } else if (cursor.accept('[')) {
      const token = cursor.take()
      if (token.kind !== 'string' && token.kind !== 'number') throw cursor.error(token)
      path = { type: 'member', object: path, property: { type: 'literal', value: token.value }, dotted: false }
      cursor.expect(']')
    } else {
      return path
    }
  }
}

function sortAt(cursor: Cursor): Sort {
  const value = expression(cursor)
  if (cursor.accept('ASC')) return { value, descending: false }
  return { value, descending: cursor.accept('DESC') }
}
