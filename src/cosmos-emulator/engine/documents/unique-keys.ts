import { valueAt } from '../key-space/partition-key.ts'
import { CosmosError, type Item, type ItemBody } from '../types.ts'

/** Paths whose values together must not repeat within a partition key. */
export type UniqueKeyPolicy = { readonly uniqueKeys: readonly { readonly paths: readonly string[] }[] }

/**
 * Looks for another document with the same values; a path without a value counts as one value among others.
 *
 * @throws CosmosError 409
 */
export function checkUniqueKeys(body: ItemBody, others: Iterable<Item>, policy: UniqueKeyPolicy): void {
  const texts = policy.uniqueKeys.map(({ paths }) => keyText(body, paths))
  for (const other of others) {
    if (other.id === body.id) continue
    if (policy.uniqueKeys.some(({ paths }, i) => keyText(other, paths) === texts[i])) {
      throw new CosmosError(409, 'Conflict', 'Unique index constraint violation.')
    }
  }
}

function keyText(body: ItemBody, paths: readonly string[]): string {
  return JSON.stringify(paths.map((path) => valueAt(body, path) ?? null))
}
