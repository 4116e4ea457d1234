import { InvalidQuery } from '../../core/errors/input.ts'

/** Up to where a stream is folded: a version, or everything that was recorded up to and at a time. */
export type AsOf = { readonly version: number } | { readonly time: Date }

/** The last version and the last time, in milliseconds since 1970, that are folded in. */
export type Limit = { readonly version: number; readonly time: number }

/** @throws InvalidQuery for what is no version and no time */
export function limitOf(asOf: AsOf | undefined): Limit {
  const { version = Number.MAX_SAFE_INTEGER, time } = partsOf(asOf)
  if (!Number.isSafeInteger(version) || version < 0) {
    throw new InvalidQuery('asOf.version must be a whole number from 0')
  }
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw new InvalidQuery('asOf.time must be a valid Date')
  }
  return { version, time: time?.getTime() ?? Number.POSITIVE_INFINITY }
}

function partsOf(asOf: AsOf | undefined): { readonly version?: number; readonly time?: Date } {
  if (asOf === undefined) return {}
  const isObject = typeof asOf === 'object' && asOf !== null && !(asOf instanceof Date)
  const names = isObject ? Object.keys(asOf) : []
  if (names.length > 0 && names.every((name) => name === 'version' || name === 'time')) return asOf
  const unknown = names.find((name) => name !== 'version' && name !== 'time')
  const found = unknown === undefined ? '' : `; ${unknown} is not known`
  throw new InvalidQuery(`asOf must be { version: 7 } or { time: new Date(…) }${found}`)
}
