import type { AppendStorage } from '../core/append/append-events.ts'
import type { Clock } from '../core/clock.ts'
import { StorageBusy } from '../core/errors/storage.ts'
import { UniqueIndexStale, ValueTaken } from '../core/errors/unique.ts'
import type { SaveCondition } from '../core/port/save.ts'
import type { ViewStore } from '../core/port/view-store.ts'
import { parseStreamId } from '../core/stream-id.ts'
import { type Claim, type ClaimSlot, claimDocument, claimRef, compareSlots, parseClaim } from './claim.ts'
import { endClaim } from './end-claim.ts'
import { hasValue, type UniqueValue, type UniqueValues } from './unique-values.ts'

/** An owner as its streams are now. */
export type Owner = {
  /** The last version; null for an owner that ended and never has an event again. */
  readonly last: Omit<ClaimSlot, 'owner'> | null
  readonly values: UniqueValues
}

/** What claims are made with. */
export type ClaimContext = {
  readonly storage: AppendStorage & {
    readonly viewStore: Pick<ViewStore, 'get' | 'save' | 'remove'>
    readonly incarnation: string
  }
  /** Loads an owner, by its stream id without a period. */
  readonly loadOwner: (owner: string) => Promise<Owner>
  readonly clock: Clock
  /** The random source for jitter. */
  readonly random: () => number
  /** Milliseconds for which an append may be in flight before its claim is ended. */
  readonly grace: number
}

/** A claim that this process made, under the ETag that it has since. */
export type TakenClaim = {
  readonly key: string
  readonly etag: string
  /** Whether the value had no claim of this owner before, so that no other append of it can rely on this one. */
  readonly isNew: boolean
}

// How often a document is read again because it keeps changing, or an owner because it seems to stay behind its claim.
const MOST_ATTEMPTS = 200
const MOST_REFUSALS = 6

// Milliseconds between two looks at an append in flight: most are over after the first.
const FIRST_LOOK = 5
const LONGEST_LOOK = 100

/**
 * Claims a value for the append at a slot. It never relies on a clock, nor on fresh reads: what was read decides only
 * together with a save under the ETag that was read, or with an append at an exact version.
 *
 * @returns the claim; or the claim of a later slot of the same owner, which proves that the slot is already taken
 * @throws ValueTaken, UniqueIndexStale, StorageBusy
 */
export async function takeClaim(
  context: ClaimContext,
  slot: ClaimSlot,
  value: UniqueValue,
  key: string,
): Promise<TakenClaim | Claim> {
  const { storage, clock, random } = context
  const { incarnation } = storage
  const save = async (condition: SaveCondition): Promise<string | undefined> => {
    const claim: Claim = { ...slot, since: new Date(clock.now()).toISOString() }
    const result = await storage.viewStore.save(claimDocument(key, claim, incarnation), condition)
    return result.saved ? result.etag : undefined
  }
  const patience = createPatience(context)

  // Most values are new, so it is tried first whether this one is.
  const first = await save('ifAbsent')
  if (first !== undefined) return { key, etag: first, isNew: true }

  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const found = await storage.viewStore.get(claimRef(key))
    if (found === undefined) {
      const etag = await save('ifAbsent')
      if (etag !== undefined) return { key, etag, isNew: true }
      continue
    }
    if (found.document.incarnation !== incarnation)
      throw staleOf(slot, 'a claim is from another incarnation of the log')
    const claim = parseClaim(found)
    const isMine = claim.owner === slot.owner
    if (isMine && compareSlots(claim, slot) > 0) return claim
    if (isMine || (await isFree(context, slot, value, claim)) || (await patience.ends(claim, found.etag, value.name))) {
      // One that is mine gets a new ETag, so that no process that saw the old one removes it, or takes it over.
      const etag = await save({ ifMatch: found.etag })
      if (etag !== undefined) return { key, etag, isNew: !isMine }
      if (attempt > 3) await clock.sleep(random() * LONGEST_LOOK)
    }
  }
  throw new StorageBusy(`The claim of a unique value of ${slot.owner} is contended: try again`)
}

/**
 * Whether a value that another owner claims is free: the append of the claim is over, whatever became of it, and the
 * owner does not have the value.
 *
 * @throws ValueTaken
 */
async function isFree(
  { loadOwner }: ClaimContext,
  { owner: claimant }: ClaimSlot,
  value: UniqueValue,
  claim: Claim,
): Promise<boolean> {
  const owner = await loadOwner(claim.owner)
  if (owner.last === null) return true
  if (hasValue(owner.values, value)) throw new ValueTaken(claimant, value.name)
  return compareSlots(owner.last, claim) >= 0
}

/** Waits for appends in flight and, when the grace of one is over, ends it. */
function createPatience({ storage, clock, random, grace }: ClaimContext) {
  let etag: string | undefined
  let waited = 0
  let refusals = 0
  return {
    /** @returns whether the append of the claim is ended; otherwise it is to be looked at again */
    async ends(claim: Claim, seen: string, name: string): Promise<boolean> {
      if (seen !== etag) [etag, waited, refusals] = [seen, 0, 0]
      if (waited < grace) {
        const look = Math.min(Math.max(FIRST_LOOK, waited), LONGEST_LOOK, grace - waited)
        waited += look
        await clock.sleep(look)
        return false
      }
      if (await endClaim(storage, claim, name)) return true
      // The append is stored, but what was read does not show it yet.
      if (++refusals > MOST_REFUSALS) throw staleOf(claim, 'a claim names a version that its stream does not reach')
      if (refusals > 1) await clock.sleep(random() * LONGEST_LOOK)
      return false
    },
  }
}

const staleOf = ({ owner }: ClaimSlot, reason: string) => new UniqueIndexStale(parseStreamId(owner).category, reason)
