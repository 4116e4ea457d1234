import type { SavedSeries } from '../model/parts.ts'
import type { Ring } from './ring.ts'

type Minutes = ReturnType<Ring['read']>

const SIZE = 4

/**
 * The minutes of a series as they are stored: base64 of 32-bit floats in little-endian order, 31 kB for two days. Of a
 * series without any value nothing is.
 *
 * @param first the number of the first minute, counted from 1970
 */
export function savedMinutes(name: string, first: number, { average, maximum }: Minutes): SavedSeries | undefined {
  if (average.every(Number.isNaN)) return undefined
  return { name, first, average: encoded(average), maximum: encoded(maximum) }
}

/** The minutes that `savedMinutes` returned; none from what it did not. */
export function minutesIn({
  name,
  first,
  average,
  maximum,
}: SavedSeries): [] | [Minutes & Pick<SavedSeries, 'name'> & { readonly first: number }] {
  if (typeof first !== 'number' || typeof average !== 'string' || typeof maximum !== 'string') return []
  return [{ name, first, average: decoded(average), maximum: decoded(maximum) }]
}

function encoded(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * SIZE)
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, i * SIZE)
  })
  return bytes.toString('base64')
}

function decoded(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  return Float32Array.from({ length: Math.floor(bytes.length / SIZE) }, (_, i) => bytes.readFloatLE(i * SIZE))
}
