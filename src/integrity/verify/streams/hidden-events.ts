import { concurrently } from '../../../core/async/concurrently.ts'
import { StreamDeleted } from '../../../core/errors/append.ts'
import { StorageCorrupt } from '../../../core/errors/storage.ts'
import { type EventDocument, HUSK } from '../../../core/port/event-document.ts'
import type { Run } from '../run.ts'

/** How what was read of the feed is asked. */
export type ReadFeed = {
  /** Reads what was appended to the feed since. */
  readonly readOn: () => Promise<void>
  /** The last version of a stream that was read so far. */
  readonly versionRead: (streamId: string) => number
}

type Hidden = { readonly streamId: string; readonly version: number }

const AT_ONCE = 8

// What a stream has may reach the feed of a replica a little later.
const ATTEMPTS = 4
const PAUSE = 500

/**
 * Reports events that their streams have, and the feed has not: a row that is in no range of the feed would escape every
 * comparison.
 *
 * @param ahead streams of which the storage said that they have more events than were read
 */
export async function reportHidden(
  { storage, findings, clock, signal }: Run,
  ahead: readonly string[],
  { readOn, versionRead }: ReadFeed,
): Promise<void> {
  let hidden: readonly Hidden[] = ahead.map((streamId) => ({ streamId, version: 0 }))
  for (let attempt = 1; ; attempt++) {
    await readOn()
    const left: Hidden[] = []
    await concurrently(AT_ONCE, hidden, async ({ streamId }) => {
      const version = await firstHidden(streamId)
      if (version !== undefined) left.push({ streamId, version })
      return undefined
    })
    hidden = left
    if (hidden.length === 0 || attempt === ATTEMPTS) break
    await clock.sleep(PAUSE, signal)
  }
  for (const place of hidden) findings.add('eventExtra', 'The event is in its stream, and not in the feed', place)

  /** The version of the first event of a stream after those that were read. */
  async function firstHidden(streamId: string): Promise<number | undefined> {
    const from = versionRead(streamId) + 1
    try {
      for await (const event of storage.events.read(streamId, { from, signal })) {
        if (!isPlaceholder(event)) return event.stream.version
      }
    } catch (error) {
      if (error instanceof StorageCorrupt) return from
      if (!(error instanceof StreamDeleted)) throw error
    }
    return undefined
  }
}

// While a log is copied, its erased events have placeholders before the tombstone arrives.
const isPlaceholder = ({ eventType }: EventDocument): boolean => eventType === HUSK
