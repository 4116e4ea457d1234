import { limiter } from '../../core/async/limiter.ts'
import { TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import type { FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import { FORGOTTEN } from '../../core/port/event-document.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { sameInterval } from '../../core/positions/hash-interval.ts'
import { viewSealer } from '../../projections/forgetting/view-sealer.ts'
import type { Projection } from '../../projections/projection.ts'
import { foldPlain } from './fold-plain.ts'
import { measureDelay } from './measure-delay.ts'
import { attributesOf, type PageContext } from './page-context.ts'
import { pageEvents } from './page-events.ts'
import { updateView } from './update-view.ts'

// How many views are read in one call.
const CHUNK = 500

/**
 * Folds a page into the views of a projection: each view is read once and written once. When it resolves, all of them
 * are saved: with the page's events folded, or, if a handler fails repeatedly, parked with its pending events. A
 * failing view does not keep the others from being saved; folding the page again then changes only what is missing. What
 * views were swept of when people were forgotten is overwritten in the database's files, if they are this machine's.
 *
 * @param onSaving called once when the last saves have been sent to the storage: the time to start other work
 * @returns how many events were folded, an event that concerns two views counting twice
 * @throws HandlerFailed if the key function failed, or if the processor was stopped before a handler had all its
 *   attempts; InvalidViewKey, EventSchemaTooNew, UpcastFailed, IncarnationMismatch, TidemarkAheadOfLog, ViewContended
 *   VaultRequired, and those of the view store and the vault: the first failure
 */
export async function projectPage(
  context: PageContext,
  projection: Projection,
  range: FeedRange,
  page: FeedPage,
  onSaving: () => void = () => {},
): Promise<number> {
  const byKey = await pageEvents(context, projection, page.events)
  const all = chunksOf([...byKey.keys()], CHUNK)
  const failures: unknown[] = []
  const sealer = viewSealer(projection, context.storage.vault)
  let folded = 0
  let begun = 0
  let ahead: Ahead | undefined

  async function foldChunk(chunk: readonly string[]): Promise<void> {
    const stored = await context.storage.viewStore.getMany(projection.name, projection.version, chunk)
    await sealer?.openAll([...stored.values()].map(({ document }) => document))
    ahead = furthest(stored.values(), range, page.readTo, ahead)
    const plain = foldPlain(context, projection, chunk, stored, byKey)
    // Once everything is folded, only the last saves are in progress.
    if (++begun === all.length) setImmediate(onSaving)
    const { folded: count, left, failures: failed } = await plain
    folded += count
    failures.push(...failed)
    const saves = left.map(async (key) => {
      try {
        const more = await updateView(
          { context, projection, sealer },
          range,
          key,
          stored.get(key),
          byKey.get(key) ?? [],
        )
        folded += more
      } catch (error) {
        failures.push(error)
      }
    })
    await Promise.all(saves)
  }

  // Two at a time: one is read while the other is saved.
  const chunks = limiter(2)
  // Even after a failure, the page is not done before the last save has ended, because its lease may be released then.
  const outcomes = await Promise.allSettled(all.map((chunk) => chunks(() => foldChunk(chunk))))
  for (const outcome of outcomes) if (outcome.status === 'rejected') failures.push(outcome.reason)
  context.telemetry.count('tidemark.events.projected', folded, attributesOf(projection))
  if (failures.length > 0) throw failures[0]
  measureDelay(context, projection, byKey)
  if (ahead) await assertInLog(context, range, page, ahead)
  if (projection.foldsForgotten && page.events.some(({ event }) => event.eventType === FORGOTTEN)) {
    // Before the page is done, so that another worker repeats it if this one is killed.
    await context.storage.viewStore.scrub?.()
  }
  return folded
}

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

type Ahead = { readonly id: string; readonly lsn: number }

/** The furthest tidemark of exactly this range that is past what was read: from another worker, or from a lost log. */
function furthest(
  views: Iterable<Stored<ViewDocument>>,
  range: FeedRange,
  readTo: number,
  known: Ahead | undefined,
): Ahead | undefined {
  let ahead = known
  for (const { document } of views) {
    for (const mark of document.tidemarks) {
      if (mark.lsn > Math.max(readTo, ahead?.lsn ?? 0) && sameInterval(mark, range)) {
        ahead = { id: document.id, lsn: mark.lsn }
      }
    }
  }
  return ahead
}

async function assertInLog({ storage }: PageContext, range: FeedRange, page: FeedPage, ahead: Ahead): Promise<void> {
  // The worker that saved the view had read that far; the responding replica may lag behind.
  const { head } = await storage.feed.lag(range, page.continuation, { atLeast: ahead.lsn })
  if (ahead.lsn > head) throw new TidemarkAheadOfLog(`View ${ahead.id}`, ahead.lsn, head)
}
