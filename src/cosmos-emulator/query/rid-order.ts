/**
 * The order of documents by `_rid`: the eight bytes behind those of database and container, the last one weighing
 * most.
 *
 * @see `RidSkipCountFilter` of `@azure/cosmos`, which compares them so
 */
export function compareRids(a: string, b: string): number {
  const [x, y] = [documentNumber(a), documentNumber(b)]
  return x === y ? 0 : x < y ? -1 : 1
}

function documentNumber(rid: string): bigint {
  const bytes = Buffer.from(rid.replaceAll('-', '/'), 'base64')
  return bytes.length < 16 ? 0n : bytes.readBigUInt64LE(8)
}
