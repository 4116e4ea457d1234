import { FIELDS, type Field, fieldOf, type Message } from '../messages/message.ts'
import { type CorrelationFilter, InvalidRule } from './rule.ts'
import { isEqual } from './sql/operators.ts'
import { userProperty } from './sql/properties.ts'
import type { Value } from './sql/values.ts'

/** Whether all properties have the values that the filter names. Text is compared with its case. @throws InvalidRule */
export function compileCorrelation(filter: CorrelationFilter): (message: Message) => boolean {
  const { applicationProperties = {}, ...fields } = filter
  const tests: ((message: Message) => boolean)[] = []
  for (const [field, wanted] of Object.entries(fields)) {
    if (wanted === undefined) continue
    if (!Object.hasOwn(FIELDS, field)) throw new InvalidRule(`names ${JSON.stringify(field)}, which does not exist`)
    if (typeof wanted !== 'string') throw new InvalidRule(`must have a string as ${field}`)
    tests.push((message) => fieldOf(message, field as Field) === wanted)
  }
  for (const [name, wanted] of Object.entries(applicationProperties)) {
    const property = userProperty(name)
    tests.push((message) => {
      const value = property.read(message)
      return value !== undefined && isEqual(value, valueIn(wanted))
    })
  }
  if (tests.length === 0) throw new InvalidRule('has no property to compare')
  return (message) => tests.every((test) => test(message))
}

function valueIn(wanted: unknown): Exclude<Value, undefined> {
  if (typeof wanted === 'string' || typeof wanted === 'number' || typeof wanted === 'boolean') return wanted
  return wanted instanceof Date ? wanted : null
}
