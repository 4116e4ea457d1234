import type { Message } from '../../messages/message.ts'
import { InvalidRule } from '../rule.ts'
import { readExpression, readSum } from './parse.ts'
import { readProperty } from './properties.ts'
import { Reader } from './reader.ts'

/** How many characters a filter or an action may have. */
const MAX_LENGTH = 1_024

/** Compiles a filter. What is unknown does not match. @throws InvalidRule */
export function compileFilter(text: string): (message: Message) => boolean {
  const reader = readerOf(text)
  const expression = readExpression(reader)
  if (!reader.isAtEnd) throw new InvalidRule(`has ${JSON.stringify(reader.next().text)} where it should end`)
  return (message) => expression(message) === true
}

/** Compiles an action: statements that set and remove properties. @throws InvalidRule */
export function compileAction(text: string): (message: Message) => Message {
  const reader = readerOf(text)
  const steps: ((message: Message) => Message)[] = []
  while (!reader.isAtEnd) {
    steps.push(readStatement(reader))
    reader.take(';', ',')
  }
  return (message) => steps.reduce((changed, step) => step(changed), message)
}

function readStatement(reader: Reader): (message: Message) => Message {
  const verb = reader.take('SET', 'REMOVE')
  if (verb === undefined)
    throw new InvalidRule(`has ${JSON.stringify(reader.next().text)} where SET or REMOVE should be`)
  const property = readProperty(reader)
  if (verb === 'REMOVE') return (message) => property.write(message, undefined)
  reader.expect('=')
  const value = readSum(reader)
  return (message) => {
    const result = value(message)
    // What is not known cannot be set.
    return result === undefined ? message : property.write(message, result)
  }
}

function readerOf(text: string): Reader {
  if (text.length > MAX_LENGTH) throw new InvalidRule(`has more than ${MAX_LENGTH} characters`)
  return new Reader(text)
}
