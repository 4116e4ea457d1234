import { backoffDelay } from '../../core/async/backoff.ts'
import { ViewContended } from '../../core/errors/view.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../core/port/view-store.ts'
import { parkedMark } from '../../projections/parking/parked-mark.ts'
import type { Chunk } from '../../projections/parking/waiting-queue.ts'
import { enterParked, keepEntered } from '../parking/parked-index.ts'
import { writeChunk } from '../parking/waiting-chunks.ts'
import { attributesOf, type PageContext } from './page-context.ts'
import { storeView } from './store-view.ts'

/** The next save of a view. */
export type ViewStep = {
  /** The document, or undefined if there is nothing to save. */
  readonly view?: ViewDocument
  /** A chunk of its queue that must be written first. */
  readonly spilt?: Chunk
  /** Whether it parks the view, which was not parked before. */
  readonly parks?: boolean
}

/** A participant that has something to save in a view. */
type Saver<Step extends ViewStep> = {
  /** The view as it was read. */
  readonly found: Stored<ViewDocument> | undefined
  /** Returns the next save, or undefined if there is none. */
  stepFrom(view: ViewDocument | undefined): Step | undefined | Promise<Step | undefined>
  /** The steps that were saved, and the last one, which may have had nothing to save. */
  readonly steps: Step[]
  error?: { readonly cause: unknown }
}

type Target = { readonly context: PageContext; readonly ref: ViewRef }

// How many times in a row another writer may save the view first.
const CONFLICTS = 20
const PAUSES = { first: 1, most: 50 }

/**
 * Saves a view in one or several steps: one save of a parked view may not have room for all pending events. After a
 * conflict the step is computed again from the stored state. What several ranges of a processor fold into one view at
 * the same time is saved together.
 *
 * @param found the view as it was read
 * @param stepFrom returns the next save, or undefined if there is none
 * @returns the steps that were saved, and the last one, which may have had nothing to save
 * @throws ViewContended, and what the view store and `stepFrom` throw
 */
export async function saveView<Step extends ViewStep>(
  context: PageContext,
  ref: ViewRef,
  found: Stored<ViewDocument> | undefined,
  stepFrom: Saver<Step>['stepFrom'],
): Promise<readonly Step[]> {
  const saver: Saver<Step> = { found, stepFrom, steps: [] }
  await context.viewQueue.add(viewId(ref), saver, (savers, handed) => saveAll({ context, ref }, savers, handed))
  if (saver.error) throw saver.error.cause
  return saver.steps
}

/** Saves for all participants, together as far as possible. @returns what is then stored, if that is known */
async function saveAll<Step extends ViewStep>(
  target: Target,
  savers: readonly Saver<Step>[],
  handed: Stored<ViewDocument> | undefined,
): Promise<Stored<ViewDocument> | undefined> {
  let stored = handed
  const left = new Set(savers)
  if (savers.length > 1) {
    const together = await saveTogether(target, savers, stored ?? savers[0]?.found)
    stored = together.stored
    for (const saver of together.saved) left.delete(saver)
  }
  for (const saver of left) {
    try {
      stored = await saveAlone(target, saver, stored ?? saver.found)
    } catch (cause) {
      saver.error = { cause }
      // A failed save may have succeeded on the server.
      stored = undefined
    }
  }
  return stored
}

type Together<Step extends ViewStep> = {
  readonly stored: Stored<ViewDocument> | undefined
  readonly saved: readonly Saver<Step>[]
}

/**
 * Combines the steps of several participants into one save, each computed from the previous one. Exceptional steps,
 * such as parking a view, are left to their participant alone; and if the save fails, all of them save alone, because
 * it may be refused for the content of one of them.
 */
async function saveTogether<Step extends ViewStep>(
  { context, ref }: Target,
  savers: readonly Saver<Step>[],
  found: Stored<ViewDocument> | undefined,
): Promise<Together<Step>> {
  let stored = found
  for (let conflicts = 0; conflicts < CONFLICTS; conflicts++) {
    if (conflicts > 0) stored = await readAfterConflict({ context, ref }, conflicts).catch(() => undefined)
    let view = stored?.document
    const steps = new Map<Saver<Step>, Step | undefined>()
    for (const saver of savers) {
      if (parkedMark(view)) break
      try {
        const step = await saver.stepFrom(view)
        if (step?.spilt || step?.parks) continue
        steps.set(saver, step)
        view = step?.view ?? view
      } catch {}
    }
    if (view !== undefined && view !== stored?.document) {
      const result = await storeView(context, view, stored).catch(() => undefined)
      if (result === undefined) return { stored: undefined, saved: [] }
      if (!result.saved) continue
      stored = { document: view, etag: result.etag }
    }
    for (const [saver, step] of steps) if (step) saver.steps.push(step)
    return { stored, saved: [...steps.keys()] }
  }
  return { stored: undefined, saved: [] }
}

async function saveAlone<Step extends ViewStep>(
  { context, ref }: Target,
  { stepFrom, steps }: Saver<Step>,
  found: Stored<ViewDocument> | undefined,
): Promise<Stored<ViewDocument> | undefined> {
  const { storage, telemetry } = context
  let stored = found
  for (let conflicts = 0; conflicts < CONFLICTS; ) {
    const step = await stepFrom(stored?.document)
    if (step?.view === undefined) {
      if (step) steps.push(step)
      return stored
    }
    const { view } = step
    if (step.spilt) await writeChunk(storage, ref, step.spilt)
    const mark = step.parks ? parkedMark(view) : undefined
    const entry = mark && { id: mark.id, hash: mark.event.hash }
    const entered = entry && (await enterParked(storage, ref, entry))
    const result = await storeView(context, view, stored)
    if (result.saved) {
      if (entered) await keepEntered(storage, ref, entry, entered)
      if (step.parks)
        telemetry.count('tidemark.sequences.parked', 1, attributesOf({ name: ref.projection, version: ref.version }))
      stored = { document: view, etag: result.etag }
      steps.push(step)
      if (parkedMark(view) === undefined) return stored
      conflicts = 0
      continue
    }
    stored = await readAfterConflict({ context, ref }, ++conflicts)
  }
  throw new ViewContended(viewId(ref), CONFLICTS)
}

async function readAfterConflict({ context, ref }: Target, conflicts: number) {
  const { storage, clock, random } = context
  await clock.sleep(backoffDelay(conflicts, PAUSES, random))
  return storage.viewStore.get(ref)
}
