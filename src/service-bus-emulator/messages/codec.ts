import rhea from 'rhea'

/** A value with its AMQP type, as rhea reads and writes it. */
export type Typed = {
  readonly type: { readonly typecode: number; readonly name: string }
  readonly value: unknown
  readonly descriptor?: Typed
}

type Codec = {
  readonly Reader: new (buffer: Buffer) => { position: number; read(): Typed; remaining(): number }
  readonly Writer: new () => { write(value: Typed): void; write_bytes(bytes: Buffer): void; toBuffer(): Buffer }
  readonly Map32: (items: readonly Typed[]) => Typed
  readonly Ulong: (value: number) => Typed
  wrap(value: unknown): Typed
  unwrap(value: Typed): unknown
  is_map(value: Typed): boolean
  wrap_list(items: readonly unknown[]): Typed
  wrap_map(members: object): Typed
  wrap_array(items: readonly unknown[], typecode: number): Typed
  wrap_string(value: string): Typed
  wrap_symbol(value: string): Typed
  wrap_binary(value: Buffer): Typed
  wrap_boolean(value: boolean): Typed
  wrap_int(value: number): Typed
  wrap_uint(value: number): Typed
  wrap_ulong(value: number): Typed
  wrap_ubyte(value: number): Typed
  wrap_long(value: number | Buffer): Typed
  wrap_double(value: number): Typed
  wrap_timestamp(value: number): Typed
  wrap_uuid(value: Buffer): Typed
  described(descriptor: Typed, value: Typed): Typed
}

/** The encoding of rhea, including what its own types do not name. */
export const codec = rhea.types as unknown as Codec

/** The AMQP type code of the elements of an array. */
export const ARRAY_OF = { long: 0x81, timestamp: 0x83, uuid: 0x98 } as const

/** The elements of a typed list, map or array. */
export const itemsOf = (value: Typed): readonly Typed[] =>
  Array.isArray(value.value) ? (value.value as readonly Typed[]) : []

/** What a typed value is in JavaScript; `undefined` for null. */
export function plain(value: Typed | null | undefined): unknown {
  if (value === null || value === undefined) return undefined
  return codec.unwrap(value) ?? undefined
}

/** The entries of a typed map, in their order. */
export function entriesOf(map: Typed): Map<string, Typed> {
  const items = itemsOf(map)
  const entries = new Map<string, Typed>()
  for (let i = 0; i + 1 < items.length; i += 2) {
    entries.set(String(plain(items[i])), items[i + 1] as Typed)
  }
  return entries
}
