import type { ViewStore } from '../core/port/view-store.ts'
import { claimRef, parseClaim } from './claim.ts'
import type { TakenClaim } from './take-claim.ts'

/**
 * Gives claims back, each only under the ETag that it is known by. What goes wrong is ignored: a claim that is left
 * behind is free all the same, because its owner does not have the value.
 */
export async function releaseClaims(
  viewStore: Pick<ViewStore, 'remove'>,
  claims: readonly Pick<TakenClaim, 'key' | 'etag'>[],
): Promise<void> {
  await Promise.allSettled(claims.map(({ key, etag }) => viewStore.remove(claimRef(key), etag)))
}

/**
 * Finds the claims of values that an owner is about to give up. Read them before the append that gives the values up: a
 * claim that is made for them afterwards has another ETag, so it cannot be given back by mistake.
 */
export async function claimsToRelease(
  viewStore: Pick<ViewStore, 'get'>,
  owner: string,
  keys: readonly string[],
): Promise<readonly Pick<TakenClaim, 'key' | 'etag'>[]> {
  const found = await Promise.all(keys.map((key) => viewStore.get(claimRef(key))))
  return keys.flatMap((key, i) => {
    const claim = found[i]
    return claim && parseClaim(claim).owner === owner ? [{ key, etag: claim.etag }] : []
  })
}
