/** A stream by its name. */
export type Named = { readonly name: string }

/** Merges runs, each ordered by name by code point, into one in the same order, as far as it is consumed. */
export function* mergeRuns<T extends Named>(runs: readonly (readonly T[])[]): Generator<T, undefined> {
  if (runs.length < 2) {
    yield* runs[0] ?? []
    return
  }
  const middle = runs.length >> 1
  const [left, right] = [mergeRuns(runs.slice(0, middle)), mergeRuns(runs.slice(middle))]
  let [a, b] = [left.next().value, right.next().value]
  while (a !== undefined || b !== undefined) {
    if (b === undefined || (a !== undefined && compareCodePoints(a.name, b.name) <= 0)) {
      yield a as T
      a = left.next().value
    } else {
      yield b
      b = right.next().value
    }
  }
}

/** The order of SQLite, which is that of UTF-8; JavaScript compares UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

// Surrogates represent code points above 0xffff, so they sort after the units from 0xe000 on.
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)
