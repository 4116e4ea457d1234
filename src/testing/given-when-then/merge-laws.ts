import { AssertionError, deepStrictEqual } from 'node:assert'
import { InvalidDefinition } from '../../core/errors/input.ts'
import { deepFreeze } from '../../core/json/deep-freeze.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import type { Projection } from '../../projections/projection.ts'

type View = unknown

/** Folds items into a view of a key, as JSON would return it; null if it is deleted. */
export type FoldAll = (key: string, items: readonly FoldItem[]) => View

// With more streams, some ways to divide them are enough: each further one doubles their number.
const MOST_WAYS = 64

/**
 * Checks that a projection's views can be stored in parts: that folding the events of some streams separately and then
 * merging gives the same result as folding all of them together, however the streams are divided, and that `merge` is
 * associative, commutative, and has the result of `initial` as its neutral element.
 *
 * @throws AssertionError naming the violated law; InvalidDefinition if there is nothing to check it with
 */
export function checkMerge(
  projection: Projection,
  byKey: ReadonlyMap<string, readonly FoldItem[]>,
  foldAll: FoldAll,
): void {
  const { name, merge: merging } = projection
  if (merging === undefined) throw new InvalidDefinition(`Projection ${name} has no merge`)
  const merge = (a: View, b: View): View =>
    a === null || b === null ? (a ?? b) : plain(merging(deepFreeze(a), deepFreeze(b)))
  let checked = false
  for (const [key, items] of byKey) {
    const streams = [...new Set(items.map(({ event }) => event.streamId))]
    if (streams.length < 2) continue
    checked = true
    const whole = foldAll(key, items)
    const partOf = (isIn: (index: number) => boolean) =>
      foldAll(
        key,
        items.filter(({ event }) => isIn(streams.indexOf(event.streamId))),
      )
    for (const isLeft of waysToDivide(streams.length)) {
      const [a, b] = [partOf(isLeft), partOf((i) => !isLeft(i))]
      same(merge(a, b), whole, `${key}: folding separately and merging differs from folding together`)
      same(merge(a, b), merge(b, a), `${key}: merge is not commutative`)
    }
    const [a, b, c] = [0, 1, 2].map((third) => partOf((i) => i % 3 === third))
    same(merge(merge(a, b), c), merge(a, merge(b, c)), `${key}: merge is not associative`)
    const initial = plain(projection.initial(key))
    same(merge(initial, whole), whole, `${key}: merge with a view as initial makes it changes the other`)
  }
  if (!checked) throw new InvalidDefinition('Give events of two or more streams that concern one view')
}

/** Ways to divide things in two, by their index: all of them for few things, and some for many. */
function* waysToDivide(count: number): Generator<(index: number) => boolean> {
  const ways = count > 30 ? Number.POSITIVE_INFINITY : 2 ** (count - 1)
  for (let way = 1; way < Math.min(ways, MOST_WAYS); way++) {
    // For many things, patterns that repeat, so that the last ones are divided as well.
    yield (index) => ((way >> (index % 30)) & 1) === 1
  }
  if (ways > MOST_WAYS) for (let first = 1; first < count; first *= 2) yield (index) => index < first
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function same(actual: View, expected: View, law: string): void {
  try {
    deepStrictEqual(actual, expected)
  } catch {
    throw new AssertionError({ message: law, actual, expected, operator: 'deepStrictEqual' })
  }
}
