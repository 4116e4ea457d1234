import { compareValues, typeOf, type Value } from './values.ts'

/** Collects the values of one aggregate over a group of rows. */
export type Aggregator = { add(value: Value): void; result(): Value }

const AGGREGATES: Readonly<Record<string, () => Aggregator>> = {
  COUNT: () => {
    let count = 0
    return { add: (value) => void (value !== undefined && count++), result: () => count }
  },
  SUM: () => {
    const { add, sum } = summing()
    return { add, result: () => sum().sum }
  },
  AVG: () => {
    const { add, sum } = summing()
    return {
      add,
      result: () => {
        const { sum: total, count } = sum()
        return total === undefined || count === 0 ? undefined : total / count
      },
    }
  },
  MIN: () => extreme((order) => order < 0),
  MAX: () => extreme((order) => order > 0),
}

/**
 * Starts an aggregate, by the function's name in capitals; undefined for a function that is not an aggregate. Undefined
 * values are skipped; other unsuitable ones make the result undefined.
 */
export function aggregateNamed(name: string): (() => Aggregator) | undefined {
  return Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined
}

function summing(): { add(value: Value): void; sum(): { sum: number | undefined; count: number } } {
  let sum: number | undefined = 0
  let count = 0
  return {
    add(value) {
      if (value === undefined) return
      count++
      sum = typeof value === 'number' && sum !== undefined ? sum + value : undefined
    },
    sum: () => ({ sum, count }),
  }
}

function extreme(isBetter: (order: number) => boolean): Aggregator {
  let best: Value
  let fits = true
  return {
    add(value) {
      if (value === undefined) return
      const type = typeOf(value)
      if (type === 'array' || type === 'object') fits = false
      else if (best === undefined || isBetter(compareValues(value, best))) best = value
    },
    result: () => (fits ? best : undefined),
  }
}
