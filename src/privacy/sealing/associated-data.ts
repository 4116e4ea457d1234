/** A part of associated data: a text, or a list of texts of any length. */
export type DataPart = string | readonly string[]

/** What is sealed for which purpose; the number grows when what is sealed changes its shape. */
export type SealFormat = 'event/1' | 'view/1' | 'state/1' | 'payload/1'

const TEXT = 0
const LIST = 1

// The kind of a part, and its length as four bytes, most significant first.
const HEADER = 5

/**
 * Encodes what a ciphertext is bound to, so that different parts never have the same encoding: each part is preceded by
 * its kind and its length, and a list is a part that consists of parts. A text is UTF-8, and must be well-formed.
 */
export function associatedData(format: SealFormat, parts: readonly DataPart[]): Buffer {
  const all = [format, ...parts]
  const sizes = all.map(sizeOf)
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + HEADER + size, 0))
  let at = 0
  for (let i = 0; i < all.length; i++) at = writePart(bytes, at, all[i] as DataPart, sizes[i] as number)
  return bytes
}

const sizeOf = (part: DataPart): number =>
  typeof part === 'string'
    ? Buffer.byteLength(part)
    : part.reduce((sum, text) => sum + HEADER + Buffer.byteLength(text), 0)

function writePart(bytes: Buffer, start: number, part: DataPart, size: number): number {
  const isText = typeof part === 'string'
  const at = bytes.writeUInt32BE(size, bytes.writeUInt8(isText ? TEXT : LIST, start))
  if (isText) return at + bytes.write(part, at, 'utf8')
  return part.reduce((next, text) => writePart(bytes, next, text, Buffer.byteLength(text)), at)
}
