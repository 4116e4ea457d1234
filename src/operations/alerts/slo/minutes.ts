import type { JsonObject } from '../../../core/json/json.ts'
import type { Sums } from './burn-rate.ts'

const MINUTE = 60_000

/** The longest time that is remembered, in minutes: 3 days. */
export const MOST_MINUTES = 3 * 24 * 60

// Of the current minute only a part is over.
const SIZE = MOST_MINUTES + 1
const FIELDS = 3

/** What was observed of an objective in each minute of the last 3 days. */
export type Minutes = {
  /** @param time milliseconds since 1970; not less than before */
  add(time: number, sums: Sums): void
  /**
   * The sums of the current minute and of those before it, with the length of that time.
   *
   * @param lengths how many minutes before the current one
   */
  sums(time: number, lengths: readonly number[]): (Sums & { readonly seconds: number })[]
  /** The minutes as JSON, at most 100 kB. */
  save(): JsonObject
  /** Takes over what `save` returned, and returns the end of its last minute; undefined if it cannot be read. */
  load(saved: unknown): number | undefined
}

type Numbers = [known: number, total: number, bad: number]

/** Creates minutes of which nothing is known. */
export function createMinutes(): Minutes {
  const values = new Float32Array(SIZE * FIELDS)
  let current: number | undefined
  // The sums of whole minutes before the current one, by how many, until the next minute begins.
  let before = new Map<number, Numbers>()

  function moveTo(time: number): number {
    const minute = Math.max(Math.floor(time / MINUTE), current ?? Number.NEGATIVE_INFINITY)
    if (minute === current) return minute
    for (let i = Math.max((current ?? minute) + 1, minute - MOST_MINUTES); i <= minute; i++) {
      values.fill(0, startOf(i), startOf(i) + FIELDS)
    }
    current = minute
    before = new Map()
    return minute
  }

  /** What was added to one minute. */
  const at = (minute: number): Numbers => {
    const start = startOf(minute)
    return [values[start] ?? 0, values[start + 1] ?? 0, values[start + 2] ?? 0]
  }

  function sumBefore(minute: number, length: number): Numbers {
    const cached = before.get(length)
    if (cached !== undefined) return cached
    let [known, total, bad] = [0, 0, 0]
    for (let back = 1; back <= length; back++) {
      const start = startOf(minute - back)
      known += values[start] ?? 0
      total += values[start + 1] ?? 0
      bad += values[start + 2] ?? 0
    }
    const sum: Numbers = [known, total, bad]
    before.set(length, sum)
    return sum
  }

  return {
    add(time, { known, total, bad }) {
      const minute = moveTo(time)
      const sum = at(minute)
      addTo(sum, [known, total, bad])
      values.set(sum, startOf(minute))
    },
    sums(time, lengths) {
      const minute = moveTo(time)
      const part = Math.max(0, (time - minute * MINUTE) / 1_000)
      return lengths.map((length) => {
        const sum = at(minute)
        addTo(sum, sumBefore(minute, length))
        const [known, total, bad] = sum
        return { known, total, bad, seconds: length * 60 + part }
      })
    },
    save: () => ({ minute: current ?? null, values: Buffer.from(values.buffer).toString('base64') }),
    load(saved) {
      const found = savedIn(saved)
      if (found === undefined) return undefined
      values.set(found.values)
      current = found.minute
      before = new Map()
      return (found.minute + 1) * MINUTE
    },
  }
}

const startOf = (minute: number): number => (((minute % SIZE) + SIZE) % SIZE) * FIELDS

function addTo(sum: Numbers, more: Numbers): void {
  for (const [i, value] of more.entries()) sum[i] = (sum[i] ?? 0) + value
}

function savedIn(saved: unknown): { readonly minute: number; readonly values: Float32Array } | undefined {
  if (typeof saved !== 'object' || saved === null || !('minute' in saved) || !('values' in saved)) return undefined
  const { minute, values } = saved
  if (typeof minute !== 'number' || !Number.isSafeInteger(minute) || typeof values !== 'string') return undefined
  const bytes = Buffer.from(values, 'base64')
  if (bytes.length !== SIZE * FIELDS * Float32Array.BYTES_PER_ELEMENT) return undefined
  const numbers = new Float32Array(new Uint8Array(bytes).buffer)
  return numbers.every((value) => Number.isFinite(value) && value >= 0) ? { minute, values: numbers } : undefined
}
