import { isJsonObject } from '../../core/json/json.ts'
import type { HashInterval } from '../../core/positions/hash-interval.ts'
import type { Position } from '../../core/positions/position.ts'
import type { PartReference } from './blocks/block.ts'

/** Whether a stored value is a whole number from 0. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether a stored value is an interval of the hash space that is not empty. */
export function isInterval(value: unknown): value is HashInterval {
  if (!isJsonObject(value)) return false
  const { min, max } = value
  return typeof min === 'string' && typeof max === 'string' && min < max && Object.keys(value).length === 2
}

/** Whether a stored value is a position. */
export function isPosition(value: unknown): value is Position {
  if (!isJsonObject(value)) return false
  const { lsn, hash, version } = value
  return isCount(lsn) && typeof hash === 'string' && isCount(version) && Object.keys(value).length === 3
}

/** Whether a stored value names a part of a block. */
export function isPartReference(value: unknown): value is PartReference {
  if (!isJsonObject(value)) return false
  return isCount(value.block) && isCount(value.part) && Object.keys(value).length === 2
}
