import { randomUUID } from 'node:crypto'
import type { Message } from '../../messages/message.ts'
import { FilterError, InvalidRule } from '../rule.ts'
import { isLike } from './like.ts'
import { and, calculate, compare, isEqual, negate, not, or } from './operators.ts'
import { readProperty, userProperty } from './properties.ts'
import type { Reader } from './reader.ts'
import type { Value } from './values.ts'

/** An expression that is ready to be evaluated. @throws FilterError if it cannot be on a message */
export type Expression = (message: Message) => Value

/** Reads an expression with its operators, from those that bind least. @throws InvalidRule */
export function readExpression(reader: Reader): Expression {
  let left = readConjunction(reader)
  while (reader.take('OR') !== undefined) {
    const [a, b] = [left, readConjunction(reader)]
    left = (message) => or(a(message), () => b(message))
  }
  return left
}

function readConjunction(reader: Reader): Expression {
  let left = readNegation(reader)
  while (reader.take('AND') !== undefined) {
    const [a, b] = [left, readNegation(reader)]
    left = (message) => and(a(message), () => b(message))
  }
  return left
}

function readNegation(reader: Reader): Expression {
  if (reader.take('NOT') === undefined) return readComparison(reader)
  const operand = readNegation(reader)
  return (message) => not(operand(message))
}

function readComparison(reader: Reader): Expression {
  if (reader.take('EXISTS') !== undefined) {
    reader.expect('(')
    const property = readProperty(reader)
    reader.expect(')')
    return (message) => property.read(message) !== undefined
  }
  const left = readSum(reader)
  const operator = reader.take('=', '<>', '!=', '>=', '<=', '>', '<')
  if (operator !== undefined) {
    const right = readSum(reader)
    return (message) => compare(operator, left(message), right(message))
  }
  if (reader.take('IS') !== undefined) {
    const isNegated = reader.take('NOT') !== undefined
    reader.expect('NULL')
    return (message) => (left(message) == null) !== isNegated
  }
  const isNegated = reader.take('NOT') !== undefined
  const test = readTest(reader, left)
  if (test === undefined && isNegated) throw new InvalidRule('needs IN or LIKE behind NOT')
  if (test === undefined) return left
  return isNegated ? (message) => not(test(message)) : test
}

function readTest(reader: Reader, left: Expression): Expression | undefined {
  if (reader.take('IN') !== undefined) {
    reader.expect('(')
    const options = [readSum(reader)]
    while (reader.take(',') !== undefined) options.push(readSum(reader))
    reader.expect(')')
    return (message) => {
      const value = left(message)
      if (value === undefined) return undefined
      return options.some((option) => {
        const other = option(message)
        return other !== undefined && isEqual(value, other)
      })
    }
  }
  if (reader.take('LIKE') === undefined) return undefined
  const pattern = readSum(reader)
  const escapeWith = reader.take('ESCAPE') === undefined ? undefined : readSum(reader)
  return (message) => {
    const operands = [left(message), pattern(message), ...(escapeWith === undefined ? [] : [escapeWith(message)])]
    if (operands.some((operand) => operand == null)) return undefined
    const [text, like, by] = operands
    if (typeof text !== 'string' || typeof like !== 'string')
      throw new FilterError('LIKE is applied to what is no text')
    return isLike(text, like, by === undefined ? undefined : String(by))
  }
}

/** Reads what may stand at the sides of a comparison. @throws InvalidRule */
export function readSum(reader: Reader): Expression {
  return readChain(reader, ['+', '-'], (inner) => readChain(inner, ['*', '/', '%'], readUnary))
}

function readChain(
  reader: Reader,
  operators: readonly string[],
  readOperand: (reader: Reader) => Expression,
): Expression {
  let left = readOperand(reader)
  for (let operator = reader.take(...operators); operator !== undefined; operator = reader.take(...operators)) {
    const [sign, a, b] = [operator, left, readOperand(reader)]
    left = (message) => calculate(sign, a(message), b(message))
  }
  return left
}

function readUnary(reader: Reader): Expression {
  const sign = reader.take('+', '-')
  if (sign === undefined) return readPrimary(reader)
  const operand = readUnary(reader)
  return sign === '+' ? operand : (message) => negate(operand(message))
}

const CONSTANTS = new Map<string, Value>([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
])

function readPrimary(reader: Reader): Expression {
  if (reader.take('(') !== undefined) {
    const inner = readExpression(reader)
    reader.expect(')')
    return inner
  }
  const constant = reader.take(...CONSTANTS.keys())
  if (constant !== undefined) return () => CONSTANTS.get(constant)
  const token = reader.next()
  if (token.kind === 'string') return () => token.text
  if (token.kind === 'number') {
    const value = /^\d+$/.test(token.text) ? BigInt(token.text) : Number(token.text)
    return () => value
  }
  reader.back()
  if (token.kind === 'name' && !token.isDelimited) {
    const call = readCall(reader, token.text.toLowerCase())
    if (call !== undefined) return call
  }
  const property = readProperty(reader)
  return (message) => property.read(message)
}

/** A call of a function, if one begins here. */
function readCall(reader: Reader, name: string): Expression | undefined {
  if (name !== 'newid' && name !== 'p' && name !== 'property') return undefined
  reader.next()
  if (reader.take('(') === undefined) {
    reader.back()
    return undefined
  }
  if (name === 'newid') {
    reader.expect(')')
    return () => randomUUID()
  }
  const argument = readSum(reader)
  reader.expect(')')
  return (message) => {
    const property = argument(message)
    if (property == null) return undefined
    if (typeof property !== 'string') throw new FilterError('the name of a property is no text')
    return userProperty(property).read(message)
  }
}
