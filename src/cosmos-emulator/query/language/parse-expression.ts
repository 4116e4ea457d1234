import type { Expression, Query } from './ast.ts'
import { type Cursor, isReserved } from './cursor.ts'

/** Parses a query in parentheses; given by the parser of queries, as the two need each other. */
export type ParseQuery = (cursor: Cursor) => Query

// From what binds least to what binds most, as in the grammar; in it, NOT binds as closely as a sign.
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['|'],
  ['^'],
  ['&'],
  ['=', '!=', '<>'],
  ['<', '<=', '>', '>='],
  ['<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
]
const LITERALS = new Map<unknown, null | boolean | undefined>([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
  ['UNDEFINED', undefined],
])

/** @throws CosmosError 400 (SC1001) for what the grammar does not know */
export function parseExpression(cursor: Cursor, parseQuery: ParseQuery): Expression {
  return conditional()

  function conditional(): Expression {
    const test = coalesce()
    if (!cursor.accept('?')) return test
    const whenTrue = conditional()
    cursor.expect(':')
    return { type: 'conditional', test, whenTrue, otherwise: conditional() }
  }

  function coalesce(): Expression {
    const left = or()
    return cursor.accept('??') ? { type: 'binary', operator: '??', left, right: coalesce() } : left
  }

  function or(): Expression {
    let left = and()
    while (cursor.accept('OR')) left = { type: 'binary', operator: 'OR', left, right: and() }
    return left
  }

  function and(): Expression {
    let left = condition()
    while (cursor.accept('AND')) left = { type: 'binary', operator: 'AND', left, right: condition() }
    return left
  }

  function condition(): Expression {
    const value = binary(0)
    const negated =
      cursor.isWord('NOT') && ['BETWEEN', 'IN', 'LIKE'].some((word) => cursor.isWord(word, 1)) && cursor.accept('NOT')
    if (cursor.accept('BETWEEN')) {
      const low = binary(0)
      cursor.expect('AND')
      return { type: 'between', value, low, high: binary(0), negated }
    }
    if (cursor.accept('IN')) {
      cursor.expect('(')
      const options = list(')')
      if (options.length === 0) throw cursor.error()
      return { type: 'in', value, options, negated }
    }
    if (cursor.accept('LIKE')) {
      const pattern = binary(0)
      if (!cursor.accept('ESCAPE')) return { type: 'like', value, pattern, escape: undefined, negated }
      const token = cursor.take()
      if (token.kind !== 'string') throw cursor.error(token)
      return { type: 'like', value, pattern, escape: String(token.value), negated }
    }
    return value
  }

  function binary(level: number): Expression {
    const operators = BINARY[level]
    if (operators === undefined) return unary()
    let left = binary(level + 1)
    while (cursor.peek().kind === 'symbol' && operators.includes(cursor.peek().text)) {
      const operator = cursor.take().text
      left = { type: 'binary', operator, left, right: binary(level + 1) }
    }
    return left
  }

  function unary(): Expression {
    for (const operator of ['-', '+', '~', 'NOT']) {
      if (cursor.accept(operator)) return { type: 'unary', operator, operand: unary() }
    }
    return members(primary())
  }

  function members(from: Expression): Expression {
    let object = from
    for (;;) {
      if (cursor.accept('.')) {
        object = { type: 'member', object, property: { type: 'literal', value: cursor.name() }, dotted: true }
      } else if (cursor.accept('[')) {
        object = { type: 'member', object, property: conditional(), dotted: false }
        cursor.expect(']')
      } else {
        return object
      }
    }
  }

  function primary(): Expression {
    const token = cursor.take()
    if (token.kind === 'string' || token.kind === 'number') return { type: 'literal', value: token.value }
    if (token.kind === 'parameter') return { type: 'parameter', name: token.text }
    if (token.kind === 'word') return word(token.text, String(token.value), token)
    if (token.text === '(') {
      const inner = cursor.isWord('SELECT') ? subquery('scalar') : conditional()
      cursor.expect(')')
      return inner
    }
    if (token.text === '[') return { type: 'array', elements: list(']') }
    if (token.text === '{') return objectLiteral()
    throw cursor.error(token)
  }

  function word(text: string, capitals: string, { start, end }: { start: number; end: number }): Expression {
    const location = { start, end }
    if (LITERALS.has(capitals)) return { type: 'literal', value: LITERALS.get(capitals) }
    if ((capitals === 'ARRAY' || capitals === 'EXISTS') && cursor.accept('(')) {
      const inner = subquery(capitals === 'ARRAY' ? 'array' : 'exists')
      cursor.expect(')')
      return inner
    }
    if (capitals === 'UDF' && cursor.accept('.')) {
      const name = `udf.${cursor.name()}`
      cursor.expect('(')
      return { type: 'call', name, args: list(')'), location }
    }
    if (cursor.accept('(')) return { type: 'call', name: capitals, args: list(')'), location }
    if (isReserved(capitals)) throw cursor.error({ kind: 'word', text, value: capitals, start, end })
    return { type: 'name', name: text, location }
  }

  function subquery(kind: 'scalar' | 'array' | 'exists'): Expression {
    return { type: 'subquery', kind, query: parseQuery(cursor) }
  }

  function objectLiteral(): Expression {
    const entries: [string, Expression][] = []
    if (cursor.accept('}')) return { type: 'object', members: entries }
    do {
      const key = cursor.take()
      if (key.kind !== 'string' && key.kind !== 'word') throw cursor.error(key)
      cursor.expect(':')
      entries.push([key.kind === 'string' ? String(key.value) : key.text, conditional()])
    } while (cursor.accept(','))
    cursor.expect('}')
    return { type: 'object', members: entries }
  }

  function list(end: ')' | ']'): Expression[] {
    const elements: Expression[] = []
    if (cursor.accept(end)) return elements
    do elements.push(conditional())
    while (cursor.accept(','))
    cursor.expect(end)
    return elements
  }
}
