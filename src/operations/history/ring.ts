/** The average and the maximum of what was added in each step of time, for as many steps as fit. */
export type Ring = {
  /** Milliseconds of one step. */
  readonly step: number
  /** The number of the newest step, counted from 1970; -1 before the first value. */
  readonly newest: number
  /**
   * Adds a value; what is not a number is unknown. When time went back, what was added for later times is dropped.
   *
   * @param t milliseconds since 1970
   */
  add(t: number, value: number): void
  /** Sets a step that has no value, unless it is older than the ring reaches. */
  restore(at: number, average: number, maximum: number): void
  /** The values of the steps from one to another, both included; NaN is unknown. */
  read(from: number, to: number): { readonly average: Float32Array; readonly maximum: Float32Array }
}

/** @param step milliseconds @param length how many steps it reaches back */
export function createRing(step: number, length: number): Ring {
  const averages = new Float32Array(length).fill(Number.NaN)
  const maxima = new Float32Array(length).fill(Number.NaN)
  let newest = -1
  let [sum, count, most] = [0, 0, Number.NaN]

  function clear(from: number, to: number): void {
    for (let at = Math.max(from, to - length + 1); at <= to; at++) {
      averages[at % length] = Number.NaN
      maxima[at % length] = Number.NaN
    }
  }

  function move(at: number): void {
    if (at > newest) clear(newest + 1, at)
    else clear(at, newest)
    newest = at
    sum = 0
    count = 0
    most = Number.NaN
  }

  return {
    step,
    get newest() {
      return newest
    },
    add(t, value) {
      const at = Math.floor(t / step)
      if (at !== newest) move(at)
      if (Number.isNaN(value)) return
      sum += value
      count++
      most = count === 1 ? value : Math.max(most, value)
      averages[at % length] = sum / count
      maxima[at % length] = most
    },
    restore(at, average, maximum) {
      if (at > newest) move(at)
      if (at <= newest - length || !Number.isNaN(averages[at % length])) return
      averages[at % length] = average
      maxima[at % length] = maximum
    },
    read(from, to) {
      const known = (values: Float32Array) =>
        Float32Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => {
          const at = from + i
          return at > newest || at <= newest - length || at < 0 ? Number.NaN : (values[at % length] as number)
        })
      return { average: known(averages), maximum: known(maxima) }
    },
  }
}
