import { badRequest } from '../errors.ts'
import type { CosmosError, ItemBody, JsonValue } from '../types.ts'

/** The partition key definition of a container. Only the hash of one path is emulated. */
export type PartitionKeyDefinition = {
  readonly paths: readonly [string]
  readonly kind: 'Hash'
  readonly version: 1 | 2
}

/** The value of a partition key; `undefined` if the document has nothing at the path. */
export type PartitionKeyValue = string | number | boolean | null | undefined

/** The maximum length of a string as partition key, in bytes. */
const MAX_KEY_BYTES = 2048

/**
 * The value of a document at the container's path. An object without members counts as no value, as in the SDK's sample
 * for bulk requests.
 *
 * @throws CosmosError 400 for another object or an array at the path, or a string of more than 2,048 bytes
 */
export function partitionKeyOf(body: ItemBody, definition: PartitionKeyDefinition): PartitionKeyValue {
  const value = valueAt(body, definition.paths[0])
  if (typeof value !== 'object' || value === null) return checkedKey(value)
  if (isNone(value)) return undefined
  throw badRequest(`Partition key at ${definition.paths[0]} is not a scalar.`)
}

/**
 * Parses the header `x-ms-documentdb-partitionkey`: a JSON array of one value, where `{}` or nothing is "none".
 *
 * @throws CosmosError 400 if it is anything else
 */
export function parsePartitionKey(header: string): PartitionKeyValue {
  const values = parseArray(header)
  const value = values[0]
  if (values.length > 1) throw invalidKey(header)
  if (typeof value !== 'object' || value === null) return checkedKey(value)
  if (isNone(value)) return undefined
  throw invalidKey(header)
}

/** A text that is the same for the same partition key only. */
export function partitionKeyText(value: PartitionKeyValue): string {
  return value === undefined ? '' : JSON.stringify(value)
}

/**
 * The bytes of a value that are hashed.
 *
 * @param end the byte after a string, in which the versions of the hash differ
 */
export function encodeKey(value: PartitionKeyValue, end: number): Uint8Array {
  switch (typeof value) {
    case 'string':
      return Buffer.concat([Buffer.of(0x08), Buffer.from(value), Buffer.of(end)])
    case 'number': {
      const bytes = Buffer.alloc(9, 0x05)
      bytes.writeDoubleLE(value, 1)
      return bytes
    }
    case 'boolean':
      return Buffer.of(value ? 0x03 : 0x02)
    default:
      return Buffer.of(value === null ? 0x01 : 0x00)
  }
}

/** The value at a path such as `/stream/id`, or `undefined`. */
export function valueAt(body: ItemBody, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = body
  for (const name of pathNames(path)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined
    value = value[name]
  }
  return value
}

function pathNames(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((name) => name.replace(/^"(.*)"$/, '$1'))
}

function checkedKey(value: PartitionKeyValue): PartitionKeyValue {
  if (typeof value === 'string' && Buffer.byteLength(value) > MAX_KEY_BYTES) {
    throw badRequest(`A partition key may have up to ${MAX_KEY_BYTES} bytes.`)
  }
  return value
}

function isNone(value: object): boolean {
  return !Array.isArray(value) && Object.keys(value).length === 0
}

function parseArray(header: string): JsonValue[] {
  try {
    const values: unknown = JSON.parse(header)
    if (Array.isArray(values)) return values
  } catch {
    // Handled below, like any other header that is not an array.
  }
  throw invalidKey(header)
}

function invalidKey(header: string): CosmosError {
  return badRequest(`Partition key ${header} is invalid.`)
}
