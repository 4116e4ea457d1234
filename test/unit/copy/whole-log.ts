import { canonicalJson } from '../../../src/core/json/canonical-json.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { wholeFeed } from '../../../src/testing/conformance/support/feed.ts'

/** All that a log tells: of each stream its appends in order, each with its events as text, and whether it is ended. */
export async function logOf(storage: StoragePort): Promise<Record<string, unknown>> {
  const log: Record<string, unknown> = {}
  const streams = Map.groupBy(await wholeFeed(storage), ({ event }) => event.stream.id)
  for (const streamId of [...streams.keys()].sort()) {
    const events = streams.get(streamId) ?? []
    const appends = [...Map.groupBy(events, ({ appendId }) => appendId).values()]
    log[streamId] = {
      appends: appends.map((append) => append.map(({ event }) => canonicalJson(event))),
      read: await storage.events.load(streamId).then(
        (loaded) => loaded.events.map((event) => canonicalJson(event)),
        (error) => error.code,
      ),
    }
  }
  return log
}
