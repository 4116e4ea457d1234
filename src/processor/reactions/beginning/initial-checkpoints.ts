import { StorageUnavailable } from '../../../core/errors/storage.ts'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../../core/port/view-store.ts'
import { assertIncarnation } from '../../../core/positions/log-identity.ts'
import { progressOf } from '../../../projections/parking/reserved-names.ts'
import type { Reaction } from '../../../reactions/reaction.ts'

/** Where a reaction began on a feed range. */
export type InitialCheckpoint = {
  readonly range: FeedRange
  /** After what reading resumes; null at the start of the feed. */
  readonly continuation: string | null
  readonly readTo: number
}

type Storage = Pick<StoragePort, 'viewStore' | 'incarnation'>

type ReactionRef = Pick<Reaction, 'name' | 'version'>

// One document decides, and names the attempt whose checkpoints are valid; those may need more room than one document
// has.
const DECISION = 'begun'
const CHUNK = 500
const chunkKey = (attempt: string, index: number) => `begun:${attempt}:${index}`

// A replica may not show yet what another worker has just decided.
const READS = 20

/**
 * Where a reaction began, or undefined if it never did.
 *
 * @throws IncarnationMismatch
 */
export async function readInitialCheckpoints(
  { viewStore, incarnation }: Storage,
  reaction: ReactionRef,
): Promise<InitialCheckpoint[] | undefined> {
  const decision = await viewStore.get(refOf(reaction, DECISION))
  if (decision === undefined) return undefined
  assertIncarnation(decision.document, incarnation)
  const { attempt, chunks } = decision.document.data as { attempt: string; chunks: number }
  const checkpoints: InitialCheckpoint[] = []
  for (let index = 0; index < chunks; index++) {
    const chunk = await viewStore.get(refOf(reaction, chunkKey(attempt, index)))
    if (chunk === undefined)
      throw new StorageUnavailable(`The place where reaction ${reaction.name} began cannot be read yet; retry later`)
    const data = chunk.document.data as unknown as { readonly checkpoints: readonly InitialCheckpoint[] }
    checkpoints.push(...data.checkpoints)
  }
  return checkpoints
}

/**
 * Stores permanently where a reaction begins. If several workers do so at once, one of them is right.
 *
 * @returns what is stored, and whether it is what was given
 * @throws IncarnationMismatch; StorageUnavailable if what another worker stored cannot be read yet
 */
export async function recordInitialCheckpoints(
  storage: Storage,
  reaction: ReactionRef,
  checkpoints: readonly InitialCheckpoint[],
): Promise<{ readonly checkpoints: readonly InitialCheckpoint[]; readonly isNew: boolean }> {
  const { viewStore, incarnation } = storage
  const attempt = crypto.randomUUID()
  const save = (key: string, data: ViewDocument['data']) => {
    const ref = refOf(reaction, key)
    return viewStore.save({ ...ref, id: viewId(ref), data, incarnation, tidemarks: [] }, 'ifAbsent')
  }
  const chunks = Math.ceil(checkpoints.length / CHUNK)
  for (let index = 0; index < chunks; index++) {
    const part = checkpoints.slice(index * CHUNK, (index + 1) * CHUNK).map((checkpoint) => ({ ...checkpoint }))
    await save(chunkKey(attempt, index), { checkpoints: part })
  }
  const { saved } = await save(DECISION, { attempt, chunks })
  if (saved) return { checkpoints, isNew: true }
  for (let reads = 0; reads < READS; reads++) {
    const decided = await readInitialCheckpoints(storage, reaction)
    if (decided) return { checkpoints: decided, isNew: false }
  }
  throw new StorageUnavailable(`The place where reaction ${reaction.name} began cannot be read yet; retry later`)
}

/** The ranges on which a reaction recorded its progress: all that it ever processed. */
export async function rangesWithProgress({ viewStore }: Storage, { name, version }: ReactionRef): Promise<FeedRange[]> {
  const ranges: FeedRange[] = []
  for (let after: string | undefined; ; ) {
    const page = await viewStore.query({ projection: progressOf(name), version, limit: 1000, ...(after && { after }) })
    for (const { document } of page.views) ranges.push(...document.tidemarks.map(({ min, max }) => ({ min, max })))
    after = page.next
    if (after === undefined) return ranges
  }
}

const refOf = ({ name, version }: ReactionRef, key: string): ViewRef => ({ projection: progressOf(name), version, key })
