/**
 * A complete subtree: `level` 0 is a leaf, `index` counts the subtrees of that level from the left. It covers the leaves
 * from `index * 2^level` on, `2^level` of them.
 */
export type Subtree = { readonly level: number; readonly index: number }

/**
 * The largest complete subtrees that cover the leaves `[from, to)`, from left to right. `from` must be 0, or a multiple of
 * a power of two that is at least `to - from`, as in every proof of RFC 6962.
 */
export function subtreesOf(from: number, to: number): readonly Subtree[] {
  const found: Subtree[] = []
  for (let at = from; at < to; ) {
    const level = Math.floor(Math.log2(to - at))
    const size = 2 ** level
    found.push({ level, index: at / size })
    at += size
  }
  return found
}

/** The largest power of two below `size`: where a tree of more than one leaf is divided. */
export function splitOf(size: number): number {
  const power = 2 ** Math.floor(Math.log2(size))
  return power === size ? power / 2 : power
}
