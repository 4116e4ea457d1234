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
   * @param holds whether the value also holds for steps between the one before and this one
   */
  add(t: number, value: number, holds: boolean): void
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
    for (let at = Math.max(from, to - length + 1); at <= to; at++) set(at, Number.NaN, Number.NaN)
  }

  function set(at: number, average: number, maximum: number): void {
    averages[at % length] = average
    maxima[at % length] = maximum
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
    add(t, value, holds) {
      const at = Math.floor(t / step)
      const first = newest === -1 ? at : newest + 1
      if (at !== newest) move(at)
      if (holds)
        for (let between = Math.max(first, at - length + 1); between < at; between++) set(between, value, value)
      if (Number.isNaN(value)) return
      sum += value
      count++
      most = count === 1 ? value : Math.max(most, value)
      set(at, sum / count, most)
    },
    restore(at, average, maximum) {
      if (at > newest) move(at)
      if (at <= newest - length || !Number.isNaN(averages[at % length])) return
      set(at, average, maximum)
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
