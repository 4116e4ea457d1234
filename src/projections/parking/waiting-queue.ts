import { TidemarkError } from '../../core/errors/base.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { takeFresh } from '../fold.ts'
import type { FoldItem } from '../fold-item.ts'
import { firstOf, type ParkedMark, parkedMark, refOf, type WaitingRef, withMark } from './parked-mark.ts'
import type { Room } from './size-budget.ts'

/** A chunk of pending events, to be written before the mark that refers to it. */
export type Chunk = { readonly parking: string; readonly number: number; readonly refs: readonly WaitingRef[] }

/** The result of an attempt that failed. */
export type Attempt = { readonly attempts: number; readonly error: unknown }

/**
 * Parks a view's sequence at an event that cannot be folded. The queue is still empty; pass the event and all after it
 * to `enqueue`, for as long as it returns something to save.
 *
 * @param view the view with everything before the event folded in
 * @param items the events of the page; those that are already folded are left out
 * @param id the parking's own id
 * @param since ISO 8601 in UTC
 */
export function park(
  view: ViewDocument,
  items: readonly FoldItem[],
  { id, since, attempts, error }: Attempt & { readonly id: string; readonly since: string },
  room: Room,
): ViewDocument {
  const [first] = takeFresh(view.tidemarks, items).fresh
  if (first === undefined) throw new TypeError(`View ${view.id} has no event left to park`)
  const mark: ParkedMark = {
    id,
    since,
    attempts,
    error: errorOf(error, room),
    event: firstOf(refOf(first)),
    waiting: 0,
    seen: view.tidemarks,
    first: 0,
    next: 0,
    taken: 0,
    tail: [],
  }
  return enqueue(withMark(view, mark), items, room)?.view ?? view
}

/**
 * Adds events of a page to the queue of a parked view, except those that are already queued or folded. One save only
 * has room for some of them, so call it again with what was saved until it returns undefined.
 *
 * @throws TypeError if the view is not parked
 */
export function enqueue(
  view: ViewDocument,
  items: readonly FoldItem[],
  room: Room,
): { readonly view: ViewDocument; readonly spilt?: Chunk } | undefined {
  const mark = parkedMark(view)
  if (mark === undefined) throw new TypeError(`View ${view.id} is not parked`)
  const { fresh } = takeFresh(mark.seen, items)
  if (fresh.length === 0) return undefined
  const full = bytesOf(mark.tail) >= room.tail
  const tail = full ? [] : [...mark.tail]
  let bytes = bytesOf(tail)
  let taken = 0
  while (taken < fresh.length && bytes < room.tail) {
    const ref = refOf(fresh[taken++] as FoldItem)
    bytes += bytesOf(ref)
    tail.push(ref)
  }
  const moved: ParkedMark = {
    ...mark,
    waiting: mark.waiting + taken,
    seen: takeFresh(mark.seen, fresh.slice(0, taken)).tidemarks,
    next: full ? mark.next + 1 : mark.next,
    tail,
  }
  return {
    view: withMark(view, moved),
    ...(full && { spilt: { parking: mark.id, number: mark.next, refs: mark.tail } }),
  }
}

/** The number of the chunk with the first pending events, or undefined if they are in the tail. */
export const headChunk = ({ first, next }: ParkedMark): number | undefined => (first < next ? first : undefined)

/**
 * Removes events from the front of the queue: they were folded or are dropped. With the last one the view is no longer
 * parked.
 *
 * @param view the view with what was folded
 * @param head the references at the front: the remaining ones of the first chunk, or the tail
 * @param done how many of them are done
 * @param after the first reference after `head`, if `head` ends a chunk
 * @param attempt the result of trying the event after that, if it was tried
 */
export function dequeue(
  view: ViewDocument,
  head: readonly WaitingRef[],
  done: number,
  after: WaitingRef | undefined,
  attempt: Attempt | undefined,
  room: Room,
): ViewDocument {
  const mark = parkedMark(view) as ParkedMark
  const waiting = mark.waiting - done
  if (waiting === 0) return unparked(view)
  const chunk = headChunk(mark)
  const first = head[done] ?? after
  if (first === undefined)
    throw new TypeError(`View ${view.id}: ${waiting} events should be pending, but the queue is empty`)
  const error = attempt ? errorOf(attempt.error, room) : null
  const rest = { ...mark, waiting, event: firstOf(first), attempts: attempt?.attempts ?? 0, error }
  if (done === 0) return withMark(view, rest)
  if (chunk === undefined) {
    // The number that the tail would have had as a chunk is retired, because its content changed.
    const next = mark.next + 1
    return withMark(view, { ...rest, tail: mark.tail.slice(done), first: next, next, taken: 0 })
  }
  const emptied = done === head.length
  return withMark(view, {
    ...rest,
    first: emptied ? mark.first + 1 : mark.first,
    taken: emptied ? 0 : mark.taken + done,
  })
}

/** The view once nothing is pending any more: the queued events count as passed. */
export function unparked(view: ViewDocument): ViewDocument {
  const { parked, ...rest } = view
  return { ...rest, tidemarks: (parked as unknown as ParkedMark).seen } as ViewDocument
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

function errorOf(error: unknown, { message: most }: Room): { readonly code: string; readonly message: string } {
  const code = error instanceof TidemarkError ? error.code : error instanceof Error ? error.name : 'Error'
  const message = error instanceof Error ? error.message : String(error)
  return { code: code.slice(0, 100), message: message.length > most ? `${message.slice(0, most - 1)}…` : message }
}
