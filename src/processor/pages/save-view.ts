import { ViewContended } from '../../core/errors/view.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../core/port/view-store.ts'
import { parkedMark } from '../../projections/parking/mark.ts'
import type { Chunk } from '../../projections/parking/queue.ts'
import { pauseAfter } from '../backoff.ts'
import { writeChunk } from '../parking/chunks.ts'
import { enterParked } from '../parking/index-entries.ts'
import { attributesOf, type PageContext } from './page-context.ts'

/** What is to be saved of a view next. */
export type ViewStep = {
  /** The document, or undefined when nothing is to be saved. */
  readonly view?: ViewDocument
  /** A chunk of its queue that must be there first. */
  readonly spilt?: Chunk
  /** Whether it parks the view, which was not parked before. */
  readonly parks?: boolean
}

// How often a view may be somebody else's in a row.
const CONFLICTS = 20
const PAUSES = { first: 1, most: 50 }

/**
 * Saves a view in one step or several: a parked one has not always room for all that waits in one save. After a
 * conflict the step is made anew from what is there now.
 *
 * @param found the view as it was read
 * @param stepFrom what is to be saved next, or undefined when nothing is
 * @returns the steps that were saved, and the last one, which may have had nothing to save
 * @throws ViewContended, and what the view store and `stepFrom` throw
 */
export async function saveView<Step extends ViewStep>(
  { storage, clock, random, viewQueue, telemetry }: PageContext,
  ref: ViewRef,
  found: Stored<ViewDocument> | undefined,
  stepFrom: (view: ViewDocument | undefined) => Step | undefined | Promise<Step | undefined>,
): Promise<readonly Step[]> {
  const attributes = attributesOf({ name: ref.projection, version: ref.version })
  const steps: Step[] = []
  await viewQueue(viewId(ref), async (handed) => {
    let stored = handed ?? found
    for (let conflicts = 0; conflicts < CONFLICTS; ) {
      const step = await stepFrom(stored?.document)
      if (step?.view === undefined) {
        if (step) steps.push(step)
        return stored
      }
      const { view } = step
      if (step.spilt) await writeChunk(storage, ref, step.spilt)
      const mark = step.parks ? parkedMark(view) : undefined
      if (mark) await enterParked(storage, ref, { id: mark.id, hash: mark.event.hash })
      const saving = telemetry.time('tidemark.save.duration', attributes)
      const result = await storage.viewStore.save(view, stored ? { ifMatch: stored.etag } : 'ifAbsent')
      saving()
      if (result.saved) {
        if (step.parks) telemetry.count('tidemark.sequences.parked', 1, attributes)
        stored = { document: view, etag: result.etag }
        steps.push(step)
        if (parkedMark(view) === undefined) return stored
        conflicts = 0
        continue
      }
      telemetry.count('tidemark.view.conflicts', 1, attributes)
      await clock.sleep(pauseAfter(++conflicts, PAUSES, random))
      stored = await storage.viewStore.get(ref)
    }
    throw new ViewContended(viewId(ref), CONFLICTS)
  })
  return steps
}
