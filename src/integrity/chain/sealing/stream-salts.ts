import { randomSalt } from '../../../core/events/random-salt.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import { type EventDocument, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Ledger } from '../../ledger/ledger.ts'

/**
 * Whether a leaf needs the salt of its stream: the event is older than salts in events. A tombstone never does, because
 * it contains nothing that is erased. An event that cannot be decoded has no metadata.
 */
export const needsStreamSalt = ({ metadata, eventType }: EventDocument): boolean =>
  (metadata as EventDocument['metadata'] | undefined)?.salt === undefined && eventType !== TOMBSTONE

/** The salt in a stored document, or undefined if it was erased. */
export const saltIn = (document: JsonObject | undefined): string | undefined =>
  typeof document?.salt === 'string' ? document.salt : undefined

/** The salts of streams whose events have none. */
export type StreamSalts = {
  /**
   * The salts of streams, made where there are none. For a stream whose salt was erased it is a random one that is never
   * stored: no verification can compare such leaves, nor does it need to, because the stream has ended.
   */
  of(streamIds: Iterable<string>): Promise<ReadonlyMap<string, string>>
  /**
   * Erases the salts of streams for good. It must be done before their tombstones are sealed: who is killed in between
   * finds the tombstones again.
   */
  erase(streamIds: readonly string[]): Promise<void>
}

const MANY = 500
const MOST_KEPT = 10_000

/** Creates and caches the salts in a ledger. */
export function streamSalts(ledger: Pick<Ledger, 'get' | 'getMany' | 'save' | 'scrub'>): StreamSalts {
  // The least recently used first.
  const kept = new Map<string, string>()

  function keep(streamId: string, salt: string): void {
    kept.delete(streamId)
    kept.set(streamId, salt)
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
  }

  async function make(streamId: string): Promise<string> {
    const salt = randomSalt()
    if ((await ledger.save('salt', streamId, { salt }, 'ifAbsent')) !== undefined) return salt
    // Another process was first.
    return saltIn((await ledger.get('salt', streamId))?.document) ?? randomSalt()
  }

  return {
    async of(streamIds) {
      const wanted = new Set(streamIds)
      const found = new Map<string, string>()
      for (const streamId of wanted) {
        const salt = kept.get(streamId)
        if (salt !== undefined) found.set(streamId, salt)
      }
      const unknown = [...wanted].filter((streamId) => !found.has(streamId))
      for (let at = 0; at < unknown.length; at += MANY) {
        const some = unknown.slice(at, at + MANY)
        const stored = await ledger.getMany('salt', some)
        for (const streamId of some) {
          const document = stored.get(streamId)
          found.set(streamId, document ? (saltIn(document) ?? randomSalt()) : await make(streamId))
        }
      }
      for (const [streamId, salt] of found) keep(streamId, salt)
      return found
    },
    async erase(streamIds) {
      let erased = 0
      const stored = await ledger.getMany('salt', streamIds)
      for (const streamId of streamIds) {
        kept.delete(streamId)
        // A document without a salt stays, so that no process makes another one: it may have read the events earlier.
        if (!stored.has(streamId) && (await ledger.save('salt', streamId, {}, 'ifAbsent')) !== undefined) continue
        for (;;) {
          const found = await ledger.get('salt', streamId)
          if (saltIn(found?.document) === undefined) break
          const saved = await ledger.save('salt', streamId, {}, { ifMatch: found?.etag as string })
          if (saved !== undefined) erased++
        }
      }
      if (erased > 0) await ledger.scrub()
    },
  }
}
