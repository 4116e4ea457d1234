import { concurrently } from '../../../core/async/concurrently.ts'
import type { Erasures } from '../events/erasures.ts'
import { loadStream, type Unloaded } from '../events/load-stream.ts'
import type { Run } from '../run.ts'
import type { Versions } from './check-versions.ts'
import { reportHidden } from './hidden-events.ts'
import { LATE, LISTED } from './stream-table.ts'

/** Compares what the storage says of its streams with the events that were read. */
export type StreamHeads = {
  /** Lists the streams, and compares their versions. */
  list(): Promise<void>
  /** Whether there are streams that should have been listed, once everything up to then was read. */
  hasUnlisted(): boolean
  /** Checks a stream that may be one of them. */
  check(streamId: string): Promise<void>
}

const AT_ONCE = 8
const BATCH = 256

/**
 * Creates the check of the streams of one pass.
 *
 * @param readOn reads what was appended to the feed since
 */
export function createStreamHeads(
  run: Run,
  versions: Versions,
  erasures: Erasures,
  readOn: () => Promise<void>,
): StreamHeads {
  const { storage, findings, signal } = run
  const { table } = versions
  const seen = new Set<string>()
  // Streams that the storage says have more events than were read.
  const ahead: string[] = []

  const isUnlisted = (slot: number) => (table.marks(slot) & (LISTED | LATE)) === 0

  async function compare(streamId: string): Promise<undefined> {
    if (!versions.covers(streamId)) return
    const hasEnded = erasures.hasEnded(streamId)
    const read = versionRead(streamId)
    if (read > 0) table.mark(versions.find(streamId), LISTED)
    const version = await versionOf(streamId)
    const place = { streamId, version: read }
    // One that was deleted since it was listed has a tombstone that was not read yet.
    if (version === 'deleted') return
    if (typeof version === 'string')
      findings.add('headWrong', 'The storage cannot say at which version the stream is', place)
    else if (hasEnded)
      findings.add('headWrong', 'The stream has a tombstone, and the storage says that it is not deleted', place)
    else if (version < read)
      findings.add('headWrong', `The storage says that the stream is at version ${version}`, place)
    else if (version > read) ahead.push(streamId)
  }

  /** The last version of a stream that was read, of the feed or the ledger. */
  function versionRead(streamId: string): number {
    const slot = versions.find(streamId)
    return slot < 0 ? 0 : table.version(slot)
  }

  async function versionOf(streamId: string): Promise<number | Unloaded> {
    const found = await loadStream(storage.events, streamId, { limit: 0 })
    return typeof found === 'string' ? found : found.version
  }

  return {
    async list() {
      let batch: string[] = []
      const flush = async () => {
        await concurrently(AT_ONCE, batch, compare)
        batch = []
        if (ahead.length > 0) await reportHidden(run, ahead.splice(0), { readOn, versionRead })
      }
      for await (const streamId of storage.events.streams({ signal })) {
        batch.push(streamId)
        if (batch.length === BATCH) await flush()
      }
      await flush()
    },
    hasUnlisted: () => table.some((slot, high, low) => isUnlisted(slot) && !erasures.tombstones.has(high, low)),
    async check(streamId) {
      const slot = versions.find(streamId)
      if (slot < 0 || !isUnlisted(slot)) return
      if (erasures.hasEnded(streamId) || seen.has(streamId)) return
      seen.add(streamId)
      const place = { streamId, version: table.version(slot) }
      if ((await versionOf(streamId)) === 'deleted') {
        findings.add(
          'deletedWithoutTombstone',
          'The storage says that the stream is deleted, and it has no tombstone',
          place,
        )
      } else {
        findings.add('headWrong', 'The storage does not list the stream, although it has events', place)
      }
    },
  }
}
