/**
 * The service's delivery tags are lock tokens in the order of bytes of a .NET GUID: the first three groups are
 * reversed. Requests carry them in the order of a UUID.
 */
function reorder(bytes: Buffer): Buffer {
  const [a, b, c, d] = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8), bytes.subarray(8)]
  const reversed = [a, b, c].map((group) => Buffer.from(group).reverse())
  return Buffer.concat([...reversed, d])
}

/** The delivery tag of a lock. */
export const tagOf = (token: string): Buffer => reorder(Buffer.from(token, 'hex'))
