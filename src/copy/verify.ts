import { notify } from '../core/async/callbacks.ts'
import type { FeedEvent } from '../core/port/change-feed.ts'
import { type EventDocument, TOMBSTONE } from '../core/port/event-document.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { eventsAfter, type FeedInterval, readLog, wholeLog } from '../core/reading/read-log.ts'
import { narrowest, storedPlaces } from './copy-checkpoints.ts'
import type { CopyProgress } from './copy-log.ts'
import { BUCKETS, bucketOf, type Digest, hashOfEvent, NOTHING, plus, sameSum } from './log-digest.ts'

/** A stream that differs between the two. */
export type Difference = {
  readonly streamId: string
  readonly source: Digest
  readonly target: Digest
  /** The hash of the stream's id, if it has a tombstone at the source. */
  readonly ended?: string
}

/** The content of both sides. */
export type Verification = {
  readonly source: Digest
  readonly target: Digest
  /** Streams that differ, by id; no more than {@link MOST_NAMED} of the 4,096 buckets of streams are examined. */
  readonly differences: readonly Difference[]
}

/** The source, the target and the options of a comparison. */
export type VerifyOptions = {
  readonly source: StoragePort
  readonly target: StoragePort
  readonly signal?: AbortSignal
  /** Anything that it throws or rejects with is ignored. */
  readonly onProgress?: (progress: CopyProgress) => void
}

const MOST_NAMED = 128

/**
 * Reads both logs and compares them by count and by hash: what was copied of the source, and everything of the target.
 * If they differ, a second pass finds the streams.
 *
 * @throws CopyTargetOccupied if the target contains the copy of another log
 */
export async function verifyCopy(options: VerifyOptions): Promise<Verification> {
  const { source, target, onProgress } = options
  const signal = options.signal ?? new AbortController().signal
  const ofSource = await copiedOf(source, target)
  const ofTarget = await wholeLog(target.feed)
  const total = (await eventsAfter(source.feed, ofSource)) + (await eventsAfter(target.feed, ofTarget))
  let done = 0
  const each = async (storage: StoragePort, stretches: readonly FeedInterval[], take: (event: FeedEvent) => void) => {
    await readLog(storage.feed, stretches, signal, (events) => {
      for (const event of events) take(event)
      done += events.length
      notify(onProgress, { phase: 'verify', done, total: Math.max(total, done) })
    })
  }
  const [inSource, inTarget] = [new Sums<number>(), new Sums<number>()]
  await each(source, ofSource, ({ event }) => inSource.add(bucketOf(event.stream.id), event))
  await each(target, ofTarget, ({ event }) => inTarget.add(bucketOf(event.stream.id), event))
  const sums = { source: inSource.all(), target: inTarget.all() }
  const buckets = new Set<number>()
  for (let bucket = 0; bucket < BUCKETS && buckets.size < MOST_NAMED; bucket++) {
    if (!sameSum(inSource.of(bucket), inTarget.of(bucket))) buckets.add(bucket)
  }
  if (buckets.size === 0) return { ...sums, differences: [] }

  const [streamsOfSource, streamsOfTarget] = [new Sums<string>(), new Sums<string>()]
  const ended = new Map<string, string>()
  const isWanted = ({ event }: FeedEvent) => buckets.has(bucketOf(event.stream.id))
  await each(source, ofSource, (found) => {
    if (!isWanted(found)) return
    const { event, position } = found
    streamsOfSource.add(event.stream.id, event)
    if (event.eventType === TOMBSTONE) ended.set(event.stream.id, position.hash)
  })
  await each(target, ofTarget, (found) => {
    if (isWanted(found)) streamsOfTarget.add(found.event.stream.id, found.event)
  })
  const names = new Set([...streamsOfSource.keys(), ...streamsOfTarget.keys()])
  const differences = [...names].sort().flatMap((streamId) => {
    const [source, target] = [streamsOfSource.of(streamId), streamsOfTarget.of(streamId)]
    const hash = ended.get(streamId)
    return sameSum(source, target) ? [] : [{ streamId, source, target, ...(hash !== undefined && { ended: hash }) }]
  })
  return { ...sums, differences }
}

/** The copied part of each range; all of it if there is no checkpoint. */
async function copiedOf(source: StoragePort, target: StoragePort): Promise<FeedInterval[]> {
  const stored = await storedPlaces(source, target)
  const known = stored.filter(({ document }) => document.target === target.incarnation)
  if (known.length === 0) return wholeLog(source.feed)
  const ranges = await source.feed.ranges()
  return ranges.map((range) => ({ range, from: 'start', upTo: narrowest(known, range)?.document.readTo ?? 0 }))
}

class Sums<Key> {
  readonly #sums = new Map<Key, Digest>()

  add(key: Key, event: EventDocument): void {
    this.#sums.set(key, plus(this.of(key), hashOfEvent(event)))
  }

  of(key: Key): Digest {
    return this.#sums.get(key) ?? NOTHING
  }

  keys(): Iterable<Key> {
    return this.#sums.keys()
  }

  all(): Digest {
    let all = NOTHING
    for (const { events, hash } of this.#sums.values()) all = { events: all.events + events, hash: all.hash + hash }
    return { events: all.events, hash: BigInt.asUintN(256, all.hash) }
  }
}
