import { UniqueIndexStale, ValueTaken } from '../../core/errors/unique.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { type ClaimSlot, claimDocument, claimRef, compareSlots, parseClaim } from '../../uniqueness/claim.ts'
import { releaseClaims } from '../../uniqueness/release-claims.ts'
import { takeClaim } from '../../uniqueness/take-claim.ts'
import { markBuilt } from '../../uniqueness/unique-index.ts'
import type { Aggregate } from '../aggregate.ts'
import {
  createSurvey,
  type OwnedValue,
  type StoredClaim,
  type Survey,
  type SurveyedStorage,
  type SurveyProgress,
} from './survey.ts'

/** What a rebuild found and did. */
export type RebuiltUnique = SurveyProgress & {
  /** Claims that were missing, or named an aggregate that did not have the value. */
  readonly made: number
  /** Claims that were no longer needed. */
  readonly removed: number
  /** Values that another aggregate has, too: the other one keeps the claim. */
  readonly duplicates: number
}

/** A value with two owners; the value itself is not named. */
export type DuplicateValue = { readonly owner: string; readonly field: string }

/** What a rebuild tells while it runs. */
export type RebuildOptions = {
  readonly onProgress?: (progress: SurveyProgress) => void
  /** Called for each aggregate that has a value which another one has, too. */
  readonly onDuplicate?: (duplicate: DuplicateValue) => void
}

/**
 * Makes the claims of a category's unique values from its events: for streams that are older than the declaration, after
 * the log was restored or copied, and after the functions of `unique` changed. It may run while commands are executed,
 * but only by processes that have the new declaration; and again, after an interruption.
 *
 * @throws InvalidDefinition for an aggregate without unique values, and what the storage throws
 */
export async function rebuildUnique<S, E extends EventTypes>(
  storage: SurveyedStorage,
  aggregate: Aggregate<S, E>,
  { onProgress, onDuplicate }: RebuildOptions = {},
): Promise<RebuiltUnique> {
  const survey = await createSurvey(storage, aggregate)
  const done = { streams: 0, values: 0, claims: 0, made: 0, removed: 0, duplicates: 0 }
  for await (const { owner, last, values } of survey.owners()) {
    done.streams++
    for (const value of values) {
      done.values++
      const result = await ensureClaim(survey, { owner, ...last } as ClaimSlot, value)
      if (result === 'made') done.made++
      if (result === 'duplicate') {
        done.duplicates++
        onDuplicate?.({ owner, field: value.name })
      }
    }
    onProgress?.(done)
  }
  for await (const stored of survey.stored()) {
    done.claims++
    if (await isAbandoned(survey, stored)) {
      await releaseClaims(storage.viewStore, [stored])
      done.removed++
    }
    onProgress?.(done)
  }
  await markBuilt(survey.claims.storage, aggregate.category, survey.claims.names)
  return { ...done }
}

/** Whether an owner of a claim, as it is now, does not have the value, and no append of it is in flight. */
export async function isAbandoned<S>(
  { claims, load }: Survey<S>,
  { key, incarnation, claim }: StoredClaim,
): Promise<boolean> {
  const { last, values } = await load(claim.owner)
  if (values.some((one) => one.key === key)) return false
  return incarnation !== claims.storage.incarnation || last === null || compareSlots(last, claim) >= 0
}

async function ensureClaim<S>(
  survey: Survey<S>,
  slot: ClaimSlot,
  value: OwnedValue,
): Promise<'there' | 'made' | 'duplicate'> {
  const { claims, load } = survey
  const { viewStore, incarnation } = claims.storage
  for (;;) {
    const found = await viewStore.get(claimRef(value.key))
    if (found === undefined || found.document.incarnation === incarnation) {
      if (found && parseClaim(found).owner === slot.owner) return 'there'
      try {
        await takeClaim(claims, slot, value, value.key)
        return 'made'
      } catch (error) {
        if (error instanceof ValueTaken) return 'duplicate'
        if (found === undefined || !(error instanceof UniqueIndexStale)) throw error
      }
    }
    // What it says of versions belongs to another incarnation of the log, or to none; nothing is in flight for it.
    const { owner } = parseClaim(found)
    if (owner !== slot.owner && (await load(owner)).values.some(({ key }) => key === value.key)) return 'duplicate'
    const since = new Date(claims.clock.now()).toISOString()
    const document = claimDocument(value.key, { ...slot, since }, incarnation)
    if ((await viewStore.save(document, { ifMatch: found.etag })).saved) return 'made'
  }
}
