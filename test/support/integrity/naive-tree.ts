import { createHash } from 'node:crypto'

// RFC 6962, section 2.1, as it is written: recursive, without any of the code under test.

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** The hash of an entry. */
export const naiveLeaf = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry)

const naiveNode = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right)

function half(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** A tree over leaf hashes that computes everything anew for each question, and remembers subtrees to end in time. */
export function naiveTree(leaves: readonly Uint8Array[]) {
  const known = new Map<string, Buffer>()

  function root(from: number, to: number): Buffer {
    const name = `${from}-${to}`
    const before = known.get(name)
    if (before !== undefined) return before
    const size = to - from
    const middle = from + half(size)
    const hash =
      size === 0
        ? sha256()
        : size === 1
          ? Buffer.from(leaves[from] as Uint8Array)
          : naiveNode(root(from, middle), root(middle, to))
    known.set(name, hash)
    return hash
  }

  function path(index: number, from: number, to: number): Buffer[] {
    if (to - from === 1) return []
    const middle = from + half(to - from)
    return index < middle
      ? [...path(index, from, middle), root(middle, to)]
      : [...path(index, middle, to), root(from, middle)]
  }

  function subproof(first: number, from: number, to: number, isWhole: boolean): Buffer[] {
    if (from + first === to) return isWhole ? [] : [root(from, to)]
    const k = half(to - from)
    return first <= k
      ? [...subproof(first, from, from + k, isWhole), root(from + k, to)]
      : [...subproof(first - k, from + k, to, false), root(from, from + k)]
  }

  return {
    root: (size: number) => root(0, size),
    /** The root of the leaves `[from, to)`. */
    subtree: root,
    inclusion: (index: number, size: number) => path(index, 0, size),
    consistency: (first: number, second: number) => subproof(first, 0, second, true),
  }
}

/** As many different leaves as are wanted. */
export const someLeaves = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, i) => naiveLeaf(Buffer.from(`entry ${i}`)))

/** Some hashes, with one bit of one of them changed. */
export function flipBit(hashes: readonly Uint8Array[], seed: number): Uint8Array[] {
  const changed = hashes.map((hash) => Buffer.from(hash))
  const bit = seed % (hashes.length * 256)
  const hash = changed[bit >> 8] as Buffer
  hash[(bit & 255) >> 3] = (hash[(bit & 255) >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}
