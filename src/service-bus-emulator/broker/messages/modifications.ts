import { codec, type Typed } from '../../messages/codec.ts'
import { withApplicationProperties } from '../../messages/message.ts'
import type { StoredMessage } from './stored-message.ts'

/** Application properties that a receiver changes when it settles a message. */
export type Modifications = ReadonlyMap<string, Typed>

/** The properties in a request, with the types that their values have in JavaScript. */
export function modificationsOf(properties: unknown): Modifications {
  if (typeof properties !== 'object' || properties === null) return new Map()
  return new Map(Object.entries(properties).map(([name, value]) => [name, codec.wrap(value)]))
}

export function modify(stored: StoredMessage, modifications: Modifications): void {
  if (modifications.size > 0) stored.message = withApplicationProperties(stored.message, modifications)
}
