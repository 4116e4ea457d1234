import { settled } from '../../core/async/settled.ts'
import { ownerPrefix } from './object-key.ts'
import type { PayloadParts } from './payload-parts.ts'
import type { PayloadCache, PayloadStore } from './payload-store.ts'

// How many keys the cache refuses in one call.
const BATCH = 1_000

/**
 * Removes all objects of an owner from every store and from the cache. The cache is made to refuse their keys before
 * the objects are removed, so a read that still found an object cannot put it back into the cache later. One store that
 * fails does not keep the others from being emptied.
 *
 * @throws the first PayloadStoreFailed
 */
export async function forgetPayloads({ routing, cache, call, fills }: PayloadParts, owner: string): Promise<void> {
  const prefix = ownerPrefix(owner)
  await fills.stop(prefix)
  const outcomes: PromiseSettledResult<unknown>[] = []
  const attempt = async (work: Promise<unknown>) => void outcomes.push(await settled(work))
  for (const store of routing.stores) {
    const calls = { unlimited: true }
    if (cache) await attempt(call(store, 'list', () => refuseAll(cache, store, prefix), calls))
    await attempt(call(store, 'removeAll', () => store.removeAll(prefix), calls))
  }
  if (cache) await attempt(cache.removeAll(prefix))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

async function refuseAll(cache: PayloadCache, store: PayloadStore, prefix: string): Promise<void> {
  let keys: string[] = []
  for await (const { key } of store.list(prefix)) {
    keys.push(key)
    if (keys.length < BATCH) continue
    await cache.remove(keys)
    keys = []
  }
  if (keys.length > 0) await cache.remove(keys)
}
