/** Minutes of a history as they are stored: JSON, about 11 bytes for each minute of a series. */
export type SavedMinutes = {
  /** When the first minute began, in milliseconds since 1970. */
  readonly from: number
  /** One value for each minute, as base64 of 32-bit floats in little-endian order; NaN is unknown. */
  readonly series: { readonly [name: string]: { readonly average: string; readonly maximum: string } }
}

const SIZE = 4

/** Encodes the values of one series. */
export function encodeValues(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * SIZE)
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, i * SIZE)
  })
  return bytes.toString('base64')
}

/** Decodes what `encodeValues` returned. */
export function decodeValues(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  return Float32Array.from({ length: Math.floor(bytes.length / SIZE) }, (_, i) => bytes.readFloatLE(i * SIZE))
}
