import type { Ring } from './ring.ts'

/** Minutes of a history as they are stored: JSON, about 11 bytes for each minute of a series. */
export type SavedMinutes = {
  /** When the first minute began, in milliseconds since 1970. */
  readonly from: number
  /** One value for each minute, as base64 of 32-bit floats in little-endian order; NaN is unknown. */
  readonly series: { readonly [name: string]: SavedSeries }
}

type SavedSeries = { readonly average: string; readonly maximum: string }

type Values = ReturnType<Ring['read']>

const SIZE = 4

/** The values of one series as they are stored. */
export const saved = ({ average, maximum }: Values): SavedSeries => ({
  average: encoded(average),
  maximum: encoded(maximum),
})

/** What `saved` returned; nothing for what it did not. */
export const restored = ({ average, maximum }: SavedSeries): Values => ({
  average: decoded(average),
  maximum: decoded(maximum),
})

function encoded(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * SIZE)
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, i * SIZE)
  })
  return bytes.toString('base64')
}

function decoded(text: unknown): Float32Array {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64')
  return Float32Array.from({ length: Math.floor(bytes.length / SIZE) }, (_, i) => bytes.readFloatLE(i * SIZE))
}
