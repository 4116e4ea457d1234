import { fullInterval } from '../../core/positions/hash-interval.ts'
import { comparePositions, type Tidemark } from '../../core/positions/position.ts'

/**
 * How far a view has folded each part of the hash space, as text: a version vector. Parts are in order and cover all of
 * it; each is `<lowest hash>=<position>`. It is compared by {@link compareVectors}, and by the script in Redis, which
 * both compare positions as text.
 */
export type VersionVector = string

/** How one state of a view relates to another. Concurrent ones each contain something that the other does not. */
export type VectorOrder = 'before' | 'equal' | 'after' | 'concurrent'

// Digits of the largest safe integer in hexadecimal.
const DIGITS = 14

/** The version vector of tidemarks, which may overlap: where several cover a part, the furthest counts. */
export function versionVector(tidemarks: readonly Tidemark[]): VersionVector {
  const [only] = tidemarks
  const inOrder = tidemarks.length > 1 ? tidemarks.toSorted(comparePositions) : tidemarks
  if (only !== undefined && tidemarks.length === 1 && coversAll(only)) return `=${positionText(only)}`
  const bounds = new Set<string>([fullInterval.min])
  for (const { min, max } of tidemarks) bounds.add(min).add(max)
  bounds.delete(fullInterval.max)
  let vector = ''
  let last: string | undefined
  for (const bound of [...bounds].sort()) {
    const furthest = inOrder.findLast(({ min, max }) => min <= bound && bound < max)
    const position = furthest ? positionText(furthest) : ''
    if (position === last) continue
    vector += `${vector && ';'}${bound}=${position}`
    last = position
  }
  return vector
}

/** How the state with the vector `a` relates to the one with `b`. */
export function compareVectors(a: VersionVector, b: VersionVector): VectorOrder {
  if (a === b) return 'equal'
  const [ours, theirs] = [partsOf(a), partsOf(b)]
  let [ahead, behind] = [false, false]
  for (let i = 0, j = 0; i < ours.length && j < theirs.length; ) {
    const mine = ours[i] as Part
    const other = theirs[j] as Part
    if (mine.position > other.position) ahead = true
    if (mine.position < other.position) behind = true
    const [next, nextOther] = [ours[i + 1]?.min ?? fullInterval.max, theirs[j + 1]?.min ?? fullInterval.max]
    if (next <= nextOther) i++
    if (nextOther <= next) j++
  }
  if (ahead && behind) return 'concurrent'
  return ahead ? 'after' : behind ? 'before' : 'equal'
}

type Part = { readonly min: string; readonly position: string }

const partsOf = (vector: VersionVector): readonly Part[] =>
  vector.split(';').map((part) => {
    const at = part.indexOf('=')
    return { min: part.slice(0, at), position: part.slice(at + 1) }
  })

const coversAll = ({ min, max }: Tidemark) => min === fullInterval.min && max === fullInterval.max

const positionText = ({ lsn, hash, version }: Tidemark): string => `${digits(lsn)}${hash}${digits(version)}`

const digits = (n: number): string => n.toString(16).toUpperCase().padStart(DIGITS, '0')
