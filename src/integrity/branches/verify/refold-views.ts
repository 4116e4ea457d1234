import { VaultRequired } from '../../../core/errors/privacy.ts'
import { eventReference } from '../../../core/events/event-reference.ts'
import { type ViewDocument, viewId } from '../../../core/port/view-store.ts'
import type { ViewSlices } from '../../../core/positions/view-slices.ts'
import { droppedOf } from '../../../projections/parking/reserved-names.ts'
import { isRecent } from '../../verify/run.ts'
import type { SealedBranch } from '../last-branch.ts'
import { listViews } from '../list-documents.ts'
import type { BranchRun, BranchTally } from './branch-run.ts'
import { judge, type Verdict } from './judge.ts'
import { type RefoldContext, type Refolded, refold } from './refold.ts'
import { isSampled } from './sampled.ts'

/** Computes views again, many at a time, because each time reads the whole log. */
export type Refolding = {
  add(view: ViewDocument): Promise<void>
  finish(): Promise<void>
}

const AT_ONCE = 10_000

/** @returns undefined if the verifier has no code for these views */
export async function createRefolding(
  run: BranchRun,
  { n, branch }: SealedBranch,
  which: { readonly projection: string; readonly version: number },
  slices: ViewSlices | undefined,
  tally: BranchTally,
): Promise<Refolding | undefined> {
  const projection = run.projections.find(({ name, version }) => name === which.projection && version === which.version)
  if (projection === undefined) return undefined
  const { storage, findings, signal, sample, clock, grace } = run
  const skipped = new Set<string>()
  for await (const { data } of listViews(storage, { ...which, projection: droppedOf(which.projection) })) {
    skipped.add(eventReference(String(data?.streamId), Number(data?.version)))
  }
  const context: RefoldContext = { storage, projection, slices, skipped, signal }
  let batch: ViewDocument[] = []

  async function judged(refolded: Refolded): Promise<Verdict> {
    const codes = [branch.definition, refolded.stored.definition ?? null].filter((code) => code !== null)
    const isSameCode = skipped.size === 0 && codes.every((code) => code === context.projection.fingerprint)
    return judge(refolded, context.projection, storage.vault, isSameCode).catch(withoutVault<Verdict>('unproven'))
  }

  function report({ stored, behindSince }: Refolded, verdict: Verdict): void {
    const place = { block: n, view: viewId(stored) }
    tally.refolded++
    if (verdict === 'unproven') tally.unproven++
    if (verdict === 'extra') findings.add('viewExtra', 'No event of the log gives this view', place)
    if (verdict === 'wrong') findings.add('viewWrong', 'The log gives another view up to its tidemarks', place)
    if (verdict === 'right' && behindSince !== undefined && !isRecent(behindSince, clock.now() - grace, clock.now())) {
      findings.add('branchStale', 'The view lacks events that the log has, or an old one was put back', place)
    }
  }

  async function flush(): Promise<void> {
    const doubtful: ViewDocument[] = []
    const refolded = await refold(context, batch).catch(withoutVault(undefined))
    if (refolded === undefined) {
      tally.refolded += batch.length
      tally.unproven += batch.length
    }
    for (const one of refolded ?? []) {
      const verdict = await judged(one)
      if (verdict === 'right' || verdict === 'unproven') report(one, verdict)
      else doubtful.push(one.stored)
    }
    batch = []
    // A stream may have been erased while the log was read. If so, its end is met now.
    if (doubtful.length > 0) for (const one of await refold(context, doubtful)) report(one, await judged(one))
  }

  return {
    async add(view) {
      // Events that wait are not folded in order.
      if (view.parked !== undefined || !isSampled(branch.root, view.key, sample)) return
      if (batch.push(view) >= AT_ONCE) await flush()
    },
    async finish() {
      if (batch.length > 0) await flush()
    },
  }
}

/** Handles what cannot be opened, because there is no vault: the verifier may have no right to it. */
const withoutVault =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (error instanceof VaultRequired) return otherwise
    throw error
  }
