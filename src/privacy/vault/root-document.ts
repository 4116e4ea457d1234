import type { JsonObject } from '../../core/json/json.ts'
import { isTime } from '../../core/stored-time.ts'

/** The key of an epoch, as it is stored. */
export type StoredEpoch = {
  /** The id of the master key that wrapped it. */
  readonly master: string
  /** Base64url. */
  readonly key: string
  /** When the epoch began: ISO 8601. */
  readonly since: string
}

/** The document of a vault: its index secret and the keys of its epochs. */
export type RootDocument = {
  readonly format: 1
  /** The secret from which the ids of keys are derived, wrapped by the key of an epoch. */
  readonly index: { readonly epoch: number; readonly key: string }
  /** The epoch whose key wraps new keys. */
  readonly current: number
  /** By number; more than one while the keys are rewrapped. */
  readonly epochs: { readonly [epoch: string]: StoredEpoch }
  /**
   * The longest time to live, in milliseconds, of a key cache that any process has used: only after it, no process can have
   * a forgotten key.
   */
  readonly longestTtl: number
}

/** The numbers of all epochs, the oldest first. */
export const epochsOf = ({ epochs }: RootDocument): readonly number[] =>
  Object.keys(epochs)
    .map(Number)
    .sort((a, b) => a - b)

/** The content of a stored document; undefined if it is not one. */
export function parseRoot(data: JsonObject | null): RootDocument | undefined {
  if (data?.format !== 1) return undefined
  const { index, current, epochs, longestTtl } = data as { readonly [member: string]: unknown }
  const { epoch, key } = membersOf(index)
  const known = Object.values(membersOf(epochs))
  const hasEpochs = [epoch, current].every((one) => typeof one === 'number' && Object.hasOwn(membersOf(epochs), one))
  const isTtl = Number.isSafeInteger(longestTtl) && (longestTtl as number) >= 0
  const isRoot = hasEpochs && typeof key === 'string' && known.every(isEpoch) && isTtl
  return isRoot ? (data as unknown as RootDocument) : undefined
}

function isEpoch(value: unknown): boolean {
  const { master, key, since } = membersOf(value)
  return typeof master === 'string' && typeof key === 'string' && isTime(since)
}

const membersOf = (value: unknown): { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null ? (value as { readonly [member: string]: unknown }) : {}
