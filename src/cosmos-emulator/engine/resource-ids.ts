/**
 * Resource ids as Cosmos writes them: the bytes of the parents before one's own, in base64 with `-` for `/`. The format
 * is that of `ResourceId` in the SDK for .NET; the SDK for JavaScript takes a container's id to have eight bytes.
 */
export type ResourceKind = 'docs' | 'sprocs' | 'pkranges'

const KIND_BYTE: { readonly [kind in ResourceKind]: number } = { docs: 0x00, sprocs: 0x80, pkranges: 0x50 }

/** The id of a database, of four bytes. */
export function databaseRid(random: () => number): string {
  return encode(Buffer.of(byte(random), byte(random), byte(random), 0))
}

/** The id of a container, of eight bytes: its first bit tells it from a user. */
export function containerRid(database: string, random: () => number): string {
  return encode(
    Buffer.concat([decode(database), Buffer.of(0x80 | byte(random), byte(random), byte(random), byte(random))]),
  )
}

/** The id of what is in a container, of sixteen bytes. */
export function childRid(container: string, kind: ResourceKind, number: number): string {
  const own = Buffer.alloc(8)
  own.writeBigUInt64LE(BigInt(number))
  own.writeUInt8(KIND_BYTE[kind], 7)
  return encode(Buffer.concat([decode(container), own]))
}

/** The number within its container of a document's id, or `undefined` when the id is none of this container. */
export function documentNumber(container: string, rid: string): number | undefined {
  const bytes = decode(rid)
  if (bytes.length !== 16 || !bytes.subarray(0, 8).equals(decode(container)) || bytes[15] !== KIND_BYTE.docs)
    return undefined
  return Number(bytes.readBigUInt64LE(8))
}

function byte(random: () => number): number {
  return Math.floor(random() * 256)
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-')
}

function decode(rid: string): Buffer {
  return Buffer.from(rid.replaceAll('-', '/'), 'base64')
}
