import { InvalidExpectedVersion } from '../errors/input.ts'

/**
 * The version that an append requires of the stream: a number (0: it does not exist), `'noStream'` (the same as 0),
 * `'streamExists'` (any version from 1), or `'any'`. The names are KurrentDB's.
 */
export type ExpectedVersion = number | 'noStream' | 'streamExists' | 'any'

/** @throws InvalidExpectedVersion if `value` is none of these */
export function assertExpectedVersion(value: unknown): asserts value is ExpectedVersion {
  if (value === 'noStream' || value === 'streamExists' || value === 'any') return
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return
  throw new InvalidExpectedVersion(value)
}

/** Whether a stream at version `head` (0: absent) matches `expected`. */
export function isExpected(expected: ExpectedVersion, head: number): boolean {
  if (expected === 'any') return true
  if (expected === 'streamExists') return head > 0
  return head === (expected === 'noStream' ? 0 : expected)
}
