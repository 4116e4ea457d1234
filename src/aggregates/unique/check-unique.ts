import type { EventTypes } from '../../core/events/types.ts'
import { claimRef, parseClaim } from '../../uniqueness/claim.ts'
import { isIndexBuilt } from '../../uniqueness/unique-index.ts'
import type { Aggregate } from '../aggregate.ts'
import { isAbandoned } from './rebuild-unique.ts'
import { createSurvey, type OwnedValue, type Survey, type SurveyedStorage, type SurveyProgress } from './survey.ts'

/**
 * What can be wrong with a value's claim: it is missing, belongs to another incarnation of the log, or names another
 * aggregate, which does not have the value (`foreign`) or has it, too (`duplicate`).
 */
export type UniqueFault = 'missing' | 'stale' | 'foreign' | 'duplicate'

/** A fault, without the value. */
export type UniqueProblem = {
  readonly fault: UniqueFault
  /** Who has the value. */
  readonly owner: string
  readonly field: string
  /** Who has the claim. */
  readonly claimedBy?: string
}

/** What a check found. */
export type CheckedUnique = SurveyProgress & {
  /** Whether each value has the claim of its owner, and new values can be claimed. */
  readonly ok: boolean
  /** Whether new values can be claimed: the claims were built for this log, and for all that is declared unique. */
  readonly built: boolean
  readonly faults: Readonly<Record<UniqueFault, number>>
  /** Claims that are no longer needed; they are harmless, and a rebuild removes them. */
  readonly abandoned: number
}

/** What a check tells while it runs. */
export type CheckOptions = {
  readonly onProgress?: (progress: SurveyProgress) => void
  readonly onProblem?: (problem: UniqueProblem) => void
}

/**
 * Compares the claims of a category's unique values with its events. Nothing is changed.
 *
 * @throws InvalidDefinition for an aggregate without unique values, and what the storage throws
 */
export async function checkUnique<S, E extends EventTypes>(
  storage: SurveyedStorage,
  aggregate: Aggregate<S, E>,
  { onProgress, onProblem }: CheckOptions = {},
): Promise<CheckedUnique> {
  const survey = await createSurvey(storage, aggregate)
  const progress = { streams: 0, values: 0, claims: 0 }
  const faults = { missing: 0, stale: 0, foreign: 0, duplicate: 0 }
  let abandoned = 0
  for await (const { owner, values } of survey.owners()) {
    progress.streams++
    for (const value of values) {
      progress.values++
      const problem = await problemOf(survey, owner, value)
      if (problem === undefined) continue
      faults[problem.fault]++
      onProblem?.(problem)
    }
    onProgress?.(progress)
  }
  for await (const stored of survey.stored()) {
    progress.claims++
    if (await isAbandoned(survey, stored)) abandoned++
    onProgress?.(progress)
  }
  const { claims } = survey
  const built = await isIndexBuilt(claims.storage, claims.category, claims.names)
  const ok = built && Object.values(faults).every((count) => count === 0)
  return { ...progress, ok, built, faults, abandoned }
}

async function problemOf<S>(survey: Survey<S>, owner: string, value: OwnedValue): Promise<UniqueProblem | undefined> {
  const fault = await faultOf(survey, owner, value)
  if (fault === undefined) return undefined
  // The owner may have given the value up after it was loaded.
  const isStillThere = (await survey.load(owner)).values.some(({ key }) => key === value.key)
  return isStillThere ? { ...fault, owner, field: value.name } : undefined
}

async function faultOf<S>(
  { claims: { storage }, load }: Survey<S>,
  owner: string,
  { key }: OwnedValue,
): Promise<Pick<UniqueProblem, 'fault' | 'claimedBy'> | undefined> {
  const found = await storage.viewStore.get(claimRef(key))
  if (found === undefined) return { fault: 'missing' }
  const claimedBy = parseClaim(found).owner
  if (claimedBy !== owner) {
    const isHeld = (await load(claimedBy)).values.some((one) => one.key === key)
    return { fault: isHeld ? 'duplicate' : 'foreign', claimedBy }
  }
  return found.document.incarnation === storage.incarnation ? undefined : { fault: 'stale' }
}
