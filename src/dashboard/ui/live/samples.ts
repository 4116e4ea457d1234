import { signal } from '@preact/signals'

/** What `sample` sends, of the last ten minutes at most. */
export type Samples = {
  readonly names: readonly string[]
  /** Milliseconds since 1970. */
  readonly times: readonly number[]
  /** For each name, in the order of `names`; null is unknown. */
  readonly values: readonly (readonly (number | null)[])[]
}

/** One sample a second for ten minutes. */
export const LENGTH = 600

export const NO_SAMPLES: Samples = { names: [], times: [], values: [] }

export const samples = signal<Samples>(NO_SAMPLES)

/** Samples of other series begin anew. */
export function withNames(before: Samples, names: readonly string[]): Samples {
  const same = names.length === before.names.length && names.every((name, i) => name === before.names[i])
  return same ? before : { names, times: [], values: names.map(() => []) }
}

/** A sample that is not later than the last one is one that came twice. */
export function withSample(before: Samples, t: number, v: readonly (number | null)[]): Samples {
  if (t <= (before.times.at(-1) ?? Number.NEGATIVE_INFINITY)) return before
  return {
    names: before.names,
    times: [...before.times, t].slice(-LENGTH),
    values: before.names.map((_, i) => [...(before.values[i] ?? []), v[i] ?? null].slice(-LENGTH)),
  }
}

/** The values of one series; empty when the server does not send it. */
export function valuesOf({ names, values }: Samples, name: string): readonly (number | null)[] {
  return values[names.indexOf(name)] ?? []
}
