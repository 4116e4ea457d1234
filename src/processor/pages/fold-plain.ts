import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { type FoldItem, type FoldTarget, foldView } from '../../projections/fold.ts'
import { parkedMark } from '../../projections/parking/mark.ts'
import { roomOf } from '../../projections/parking/room.ts'
import type { Projection } from '../../projections/projection.ts'
import { attributesOf, type PageContext } from './page-context.ts'

/** What a chunk of views came to. */
export type PlainOutcome = {
  /** How many events were folded into those that are saved. */
  readonly folded: number
  /** The keys of the views that are left to `updateView`. */
  readonly left: readonly string[]
}

type Release = (stored: Stored<ViewDocument> | undefined) => void

type Plan = { readonly document: ViewDocument; readonly folded: number }

// A page of fewer views is often one of few views that many ranges write: they wait for each other and are saved together.
const MANY = 16

// Views with fewer events than this are folded without a turn of the event loop within.
const FEW = 64

/**
 * Folds and saves the views of a chunk that nothing is out of the ordinary about: most of them, so that they cost
 * little more than the fold and the save. Whatever fails, is parked, has many events, is worked on by another range or
 * was saved by somebody else meanwhile is left as it is.
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
  if (keys.length < MANY) return { folded: 0, left: keys }
  const { storage, saves, viewQueue, telemetry, breathe } = context
  const ref = { projection: projection.name, version: projection.version }
  const target: FoldTarget = {
    incarnation: storage.incarnation,
    bytesPerView: roomOf(storage.limits.bytesPerView, context.rangeCount()).view,
  }
  const attributes = attributesOf(projection)
  const left: string[] = []
  const saving: Promise<void>[] = []
  let folded = 0

  /** @returns what is stored then, where it was saved */
  async function save({ document, folded: count }: Plan, stored: Stored<ViewDocument> | undefined) {
    const timed = telemetry.time('tidemark.save.duration', attributes)
    const result = await storage.viewStore.save(document, stored ? { ifMatch: stored.etag } : 'ifAbsent')
    timed()
    if (!result.saved) {
      telemetry.count('tidemark.view.conflicts', 1, attributes)
      return undefined
    }
    folded += count
    return { document, etag: result.etag }
  }

  async function saveClaimed(key: string, plan: Plan, release: Release): Promise<void> {
    // A failure is met again, and told of, where the view is updated by itself.
    const stored = await saves(() => save(plan, found.get(key))).catch(() => undefined)
    if (stored === undefined) left.push(key)
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
  return { folded, left }
}

/** @returns undefined where nothing is to be folded any more */
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
