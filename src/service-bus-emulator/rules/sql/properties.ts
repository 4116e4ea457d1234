import { codec } from '../../messages/codec.ts'
import { FIELDS, type Field, type Message, withFields } from '../../messages/message.ts'
import { InvalidRule } from '../rule.ts'
import type { Reader } from './reader.ts'
import { toValue, typedOf, type Value } from './values.ts'

/** A property of messages that an expression names. */
export type Property = {
  /** `undefined` if the message does not have it. */
  read(message: Message): Value
  /** @param value `undefined` to remove it */
  write(message: Message, value: Value): Message
}

/** The system properties by their names in lower case. */
const SYSTEM = new Map<string, Field>([
  ...(Object.keys(FIELDS) as Field[]).map((field) => [field.toLowerCase(), field] as const),
  ['label', 'subject'],
])

/** Reads a property, with its scope if it has one. @throws InvalidRule if there is no such system property */
export function readProperty(reader: Reader): Property {
  const first = reader.name()
  if (reader.take('.') === undefined) return userProperty(first)
  const scope = first.toLowerCase()
  const name = reader.name()
  if (scope === 'user') return userProperty(name)
  if (scope !== 'sys') throw new InvalidRule(`has the scope ${JSON.stringify(first)}, where sys and user are allowed`)
  const field = SYSTEM.get(name.toLowerCase())
  if (field === undefined) throw new InvalidRule(`names ${JSON.stringify(`sys.${name}`)}, which does not exist`)
  return systemProperty(field)
}

/** A property that the sender chose. Names are not case-sensitive. */
export function userProperty(name: string): Property {
  const keyOf = ({ applicationProperties }: Message): string | undefined => {
    if (applicationProperties.has(name)) return name
    const lower = name.toLowerCase()
    return applicationProperties.keys().find((key) => key.toLowerCase() === lower)
  }
  return {
    read(message) {
      const key = keyOf(message)
      return key === undefined ? undefined : toValue(message.applicationProperties.get(key))
    },
    write(message, value) {
      const applicationProperties = new Map(message.applicationProperties)
      const key = keyOf(message) ?? name
      if (value === undefined) applicationProperties.delete(key)
      else applicationProperties.set(key, typedOf(value))
      return { ...message, applicationProperties }
    },
  }
}

const systemProperty = (field: Field): Property => ({
  read: ({ properties }) => toValue(properties[FIELDS[field]]) ?? undefined,
  write: (message, value) =>
    withFields(message, { [field]: value == null ? undefined : codec.wrap_string(String(value)) }),
})
