import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { type FoldTarget, foldView } from '../../projections/fold.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { parkedMark } from '../../projections/parking/parked-mark.ts'
import { roomOf } from '../../projections/parking/size-budget.ts'
import type { Projection } from '../../projections/projection.ts'
import { attributesOf, foldTargetOf, type PageContext } from './page-context.ts'
import { storeView } from './store-view.ts'
import { isRefusal } from './update-view.ts'

/** The result for a chunk of views. */
export type PlainOutcome = {
  /** How many events were folded into the saved views. */
  readonly folded: number
  /** The keys of the views that are left to `updateView`. */
  readonly left: readonly string[]
  /** The errors of saves. */
  readonly failures: readonly unknown[]
}

type Release = (stored: Stored<ViewDocument> | undefined) => void

type Plan = { readonly document: ViewDocument; readonly folded: number }

// A page with fewer views often has few views that many ranges write: their saves queue up and are combined.
const MANY = 16

// Views with fewer events than this are folded without yielding to the event loop in between.
const FEW = 64

/**
 * Folds and saves the ordinary views of a chunk. These are most views, so they cost little more than the fold and the
 * save. A view is left as it is if it cannot be folded, is refused or parked, has many events, is being processed by
 * another range, or was saved by another writer in the meantime.
 *
 * @param found the views as they were read for the page
 */
export async function foldPlain(
  context: PageContext,
  projection: Projection,
  keys: readonly string[],
  found: ReadonlyMap<string, Stored<ViewDocument>>,
  byKey: ReadonlyMap<string, readonly FoldItem[]>,
): Promise<PlainOutcome> {
  // Sealing is asynchronous, so it is left to `updateView`, too.
  if (keys.length < MANY || projection.personal) return { folded: 0, left: keys, failures: [] }
  const { storage, saves, viewQueue, telemetry, breathe } = context
  const ref = { projection: projection.name, version: projection.version }
  const room = roomOf(storage.limits.bytesPerView, context.rangeCount())
  const target = foldTargetOf(context, projection, room.view)
  const attributes = attributesOf(projection)
  const left: string[] = []
  const failures: unknown[] = []
  const saving: Promise<void>[] = []
  let folded = 0

  async function saveClaimed(key: string, { document, folded: count }: Plan, release: Release): Promise<void> {
    let stored: Stored<ViewDocument> | undefined
    try {
      const result = await saves(() => storeView(context, document, found.get(key)))
      if (result.saved) {
        folded += count
        stored = { document, etag: result.etag }
      } else {
        left.push(key)
      }
    } catch (error) {
      // `updateView` finds the event at fault.
      if (isRefusal(error)) left.push(key)
      else failures.push(error)
    }
    release(stored)
  }

  for (const key of keys) {
    const turn = breathe()
    if (turn) await turn
    const items = byKey.get(key) ?? []
    const release = items.length < FEW ? viewQueue.claim(viewId({ ...ref, key })) : undefined
    if (release === undefined) {
      left.push(key)
      continue
    }
    const timed = telemetry.time('tidemark.fold.duration', attributes)
    const plan = planOf(projection, key, found.get(key)?.document, items, target)
    timed()
    if (typeof plan === 'object') {
      saving.push(saveClaimed(key, plan, release))
      continue
    }
    release(found.get(key))
    if (plan === 'left') left.push(key)
  }
  await Promise.all(saving)
  return { folded, left, failures }
}

/** @returns undefined if there is nothing left to fold */
function planOf(
  projection: Projection,
  key: string,
  view: ViewDocument | undefined,
  items: readonly FoldItem[],
  target: FoldTarget,
): Plan | 'left' | undefined {
  if (view !== undefined && parkedMark(view)) return 'left'
  try {
    const { document, folded, failure } = foldView(projection, key, view, items, target)
    if (failure) return 'left'
    return document && { document, folded }
  } catch {
    return 'left'
  }
}
