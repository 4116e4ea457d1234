import { argumentError } from '../broker/broker-error.ts'

type Body = Readonly<Record<string, unknown>>

/** @throws BrokerError if the member is no text */
export function text(body: Body, member: string): string {
  const value = body[member]
  if (typeof value === 'string') return value
  throw argumentError(`The request needs a string as ${member}.`)
}

/** A whole number of any AMQP type, also one that rhea leaves as 8 bytes. @throws BrokerError */
export function whole(body: Body, member: string): number {
  return toNumber(body[member], member)
}

/** @throws BrokerError if the member is no array of whole numbers */
export function wholes(body: Body, member: string): number[] {
  return list(body, member).map((value) => toNumber(value, member))
}

/** Lock tokens as hexadecimal digits. @throws BrokerError if the member is no array of UUIDs */
export function tokens(body: Body, member: string): string[] {
  return list(body, member).map((value) => {
    if (!Buffer.isBuffer(value)) throw argumentError(`The request needs an array of UUIDs as ${member}.`)
    return value.toString('hex')
  })
}

/** @throws BrokerError if the member is no array or list */
export function list(body: Body, member: string): readonly unknown[] {
  const value = body[member]
  if (Array.isArray(value)) return value
  throw argumentError(`The request needs an array as ${member}.`)
}

function toNumber(value: unknown, member: string): number {
  const number = Buffer.isBuffer(value) && value.length === 8 ? Number(value.readBigInt64BE()) : value
  if (typeof number === 'number' && Number.isInteger(number)) return number
  throw argumentError(`The request needs whole numbers as ${member}.`)
}
