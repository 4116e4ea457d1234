import { EMPTY_ROOT, type Hash, nodeHash, sameHash } from './hash.ts'
import { type Subtree, splitOf, subtreesOf } from './subtrees.ts'

/**
 * What a consistency proof consists of (RFC 6962, section 2.1.2): for each of its hashes the complete subtrees whose
 * roots are folded into it.
 *
 * @param first the size of the older tree, from 1 @param second that of the newer one, at least as large
 */
export function consistencyPath(first: number, second: number): readonly (readonly Subtree[])[] {
  if (first === second) return []
  const path: (readonly Subtree[])[] = []
  let [from, to] = [0, second]
  let isWhole = true
  while (first !== to) {
    const middle = from + splitOf(to - from)
    if (first <= middle) {
      path.push(subtreesOf(middle, to))
      to = middle
    } else {
      path.push(subtreesOf(from, middle))
      from = middle
      isWhole = false
    }
  }
  if (!isWhole) path.push(subtreesOf(from, to))
  return path.reverse()
}

/** Whether a proof shows that the newer tree begins with the leaves of the older one (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(
  first: number,
  second: number,
  path: readonly Hash[],
  firstRoot: Hash,
  secondRoot: Hash,
): boolean {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 0 || first > second) return false
  if (first === second) return path.length === 0 && sameHash(firstRoot, secondRoot)
  if (first === 0) return path.length === 0 && sameHash(firstRoot, EMPTY_ROOT)
  const isPower = Number.isInteger(Math.log2(first))
  const [start, ...rest] = isPower ? [firstRoot, ...path] : path
  if (start === undefined) return false
  let [fn, sn] = [first - 1, second - 1]
  while (fn % 2 === 1) [fn, sn] = [(fn - 1) / 2, Math.floor(sn / 2)]
  let [fr, sr] = [start, start]
  for (const sibling of rest) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(sibling, fr)
      sr = nodeHash(sibling, sr)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else {
      sr = nodeHash(sr, sibling)
    }
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && sameHash(fr, firstRoot) && sameHash(sr, secondRoot)
}
