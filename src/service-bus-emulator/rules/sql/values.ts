import { codec, plain, type Typed } from '../../messages/codec.ts'

/**
 * A value in an expression: whole numbers are bigints, as they divide without a remainder. `undefined` is what SQL calls
 * unknown: the value of a property that a message does not have.
 */
export type Value = bigint | number | string | boolean | Date | null | undefined

const WHOLE = /^(Small)?(U?(byte|short|int|long)|U?int0|Ulong0)$/i

/** The value of a property, from its AMQP type. */
export function toValue(typed: Typed | null | undefined): Value {
  if (typed === null || typed === undefined) return undefined
  const value = plain(typed)
  if (value === undefined) return null
  if (WHOLE.test(typed.type.name)) return Buffer.isBuffer(value) ? value.readBigInt64BE() : BigInt(value as number)
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  if (value instanceof Date) return value
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value)
}

/** A value as a property of a message. */
export function typedOf(value: Exclude<Value, undefined>): Typed {
  if (typeof value === 'bigint') return codec.wrap_long(bytesOf(value))
  if (typeof value === 'number') return codec.wrap_double(value)
  return codec.wrap(value)
}

function bytesOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt.asIntN(64, value))
  return bytes
}
