import { InvalidDefinition } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { parseStreamId } from '../../core/stream-id.ts'
import { CLAIMS_VERSION, type Claim, parseClaim, ROOT_KEY, UNIQUE } from '../../uniqueness/claim.ts'
import type { Owner } from '../../uniqueness/take-claim.ts'
import type { UniqueClaims } from '../../uniqueness/unique-claims.ts'
import { uniqueKeys } from '../../uniqueness/unique-index.ts'
import type { UniqueValue } from '../../uniqueness/unique-values.ts'
import type { Aggregate } from '../aggregate.ts'
import { contextOf } from '../create-context.ts'

/** The part of a storage that surveys of unique values use. */
export type SurveyedStorage = Pick<
  StoragePort,
  'events' | 'snapshots' | 'limits' | 'incarnation' | 'viewStore' | 'vault'
>

/** How far a survey is. */
export type SurveyProgress = { readonly streams: number; readonly values: number; readonly claims: number }

/** A value of an owner, and the key of its claim. */
export type OwnedValue = UniqueValue & { readonly key: string }

/** A claim as it is stored. */
export type StoredClaim = {
  readonly key: string
  readonly etag: string
  readonly incarnation: string
  readonly claim: Claim
}

/** All that has to do with the unique values of one category, a part at a time: memory does not grow with it. */
export type Survey<S> = {
  readonly claims: UniqueClaims<S>
  /** The aggregates of the category, each with its values; deleted ones are missing. */
  owners(): AsyncIterable<{ readonly owner: string; readonly last: Owner['last']; readonly values: OwnedValue[] }>
  /** An owner's values as they are now. */
  load(owner: string): Promise<{ readonly last: Owner['last']; readonly values: readonly OwnedValue[] }>
  /** The claims of the category's aggregates. */
  stored(): AsyncIterable<StoredClaim>
}

const PAGE = 500

/** Prepares a survey. @throws InvalidDefinition for an aggregate without unique values */
export async function createSurvey<S, E extends EventTypes>(
  storage: SurveyedStorage,
  aggregate: Aggregate<S, E>,
): Promise<Survey<S>> {
  const { claims } = contextOf(storage, aggregate, { cache: false })
  if (claims === undefined) throw new InvalidDefinition(`Aggregate ${aggregate.category} has no unique values`)
  const { category } = aggregate
  const keyOf = await uniqueKeys(claims.storage)

  const { loadOwner } = claims
  async function load(owner: string) {
    const { last, values } = await loadOwner(owner)
    const owned = [...values.values()].map((one): OwnedValue => ({ ...one, key: keyOf(category, one.name, one.value) }))
    return { last, values: owned }
  }

  return {
    claims,
    load,
    async *owners() {
      for await (const streamId of storage.events.streams({ category })) {
        // An aggregate with periods has a stream without one, too.
        if (parseStreamId(streamId).period !== undefined) continue
        const { last, values } = await load(streamId)
        if (last !== null) yield { owner: streamId, last, values }
      }
    },
    async *stored() {
      const query = { projection: UNIQUE, version: CLAIMS_VERSION, limit: PAGE }
      let after: string | undefined
      do {
        const page = await storage.viewStore.query({ ...query, ...(after !== undefined && { after }) })
        for (const found of page.views) {
          const { key, incarnation } = found.document
          if (key === ROOT_KEY) continue
          const claim = parseClaim(found)
          if (parseStreamId(claim.owner).category !== category) continue
          yield { key, etag: found.etag, incarnation, claim }
        }
        after = page.next
      } while (after !== undefined)
    },
  }
}
