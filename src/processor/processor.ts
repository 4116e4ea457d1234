import { randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { type Clock, systemClock } from '../core/clock.ts'
import { FeedRangeGone } from '../core/errors/feed.ts'
import { InvalidConfiguration, InvalidDefinition } from '../core/errors/input.ts'
import { containsInterval, fullInterval } from '../core/hash-interval.ts'
import type { FeedRange } from '../core/port/change-feed.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { Projection } from '../projections/projection.ts'
import { pauseAfter } from './backoff.ts'
import type { TrackContext } from './context.ts'
import { PAUSES } from './failure.ts'
import { createRangeReader, type RangeReader } from './range-reader.ts'
import type { ProcessorStatus } from './status.ts'
import { startTrack, type Track } from './track.ts'
import { createTurns } from './turns.ts'
import type { VersionNotice } from './versions/notice.ts'
import { startVersions } from './versions/start-versions.ts'

export type ProcessorOptions = {
  /** The name under which this worker holds its leases; a random one where it is absent. */
  readonly workerId?: string
  /** The most events that are read and folded at once; default 10,000. */
  readonly pageSize?: number
  /** The most views that are saved at once; default 512. */
  readonly concurrency?: number
  readonly clock?: Clock
  /** Chance, for the length of pauses: from 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: () => number
  /** Is told of every failure, those that are tried again included. What it throws is ignored. */
  readonly onError?: (error: unknown, where: { readonly projection: string; readonly range: FeedRange }) => void
  /** Is told of new versions of projections, and of handlers that changed without one. What it throws is ignored. */
  readonly onVersion?: (notice: VersionNotice) => void
}

/** Projections at work. */
export type Processor = AsyncDisposable & {
  /** How each projection is on each range; asks the feed how many events wait. */
  status(): Promise<ProcessorStatus>
  /** Ends the page in hand, gives the leases up, and resolves when nothing is left running. It can be called again. */
  stop(): Promise<void>
}

/**
 * Runs projections over the change feed, each on every feed range, and keeps running: failures are tried again, one
 * projection's troubles are its own, and ranges that are cut go on as their parts.
 *
 * @throws InvalidDefinition when two projections share a name; InvalidConfiguration; what the storage throws when it
 *   cannot be reached at the start
 */
export async function startProcessor(
  storage: StoragePort,
  projections: readonly Projection[],
  options: ProcessorOptions = {},
): Promise<Processor> {
  const {
    workerId = randomUUID(),
    pageSize = 10_000,
    concurrency = 512,
    clock = systemClock,
    random = Math.random,
  } = options
  assertNames(projections)
  assertCount('pageSize', pageSize)
  assertCount('concurrency', concurrency)
  const stopping = new AbortController()
  const readers = new Map<string, RangeReader>()
  const context: TrackContext = {
    storage,
    clock,
    random,
    workerId,
    signal: stopping.signal,
    saves: pLimit(concurrency),
    turns: createTurns(),
    onError(error, where) {
      // What a log cannot take must not stop the work.
      try {
        options.onError?.(error, where)
      } catch {}
    },
    readerOf(range) {
      const id = `${range.min}-${range.max}`
      const reader = readers.get(id) ?? createRangeReader(storage.feed, range, pageSize, stopping.signal)
      readers.set(id, reader)
      return reader
    },
  }
  const versions = await startVersions(projections, {
    storage,
    clock,
    signal: stopping.signal,
    tell(notice) {
      try {
        options.onVersion?.(notice)
      } catch {}
    },
    failed: (error, projection) => context.onError(error, { projection, range: fullInterval }),
  })
  const tracks = new Set<Track>()
  const running = new Set<Promise<void>>()

  function start(projection: Projection, range: FeedRange): void {
    const track = startTrack(context, projection, range)
    tracks.add(track)
    const over = track.ended
      .then((why) => (why === 'split' ? replace(track) : undefined))
      .finally(() => running.delete(over))
    running.add(over)
  }

  /** Goes on with the parts of a range that was cut. The lease of the whole stays: theirs begin where it ended. */
  async function replace(whole: Track): Promise<void> {
    const { projection, range } = whole
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      try {
        const parts = (await storage.feed.ranges()).filter((part) => containsInterval(range, part))
        if (parts.length < 2) throw new FeedRangeGone(range)
        for (const part of parts) start(projection, part)
        tracks.delete(whole)
        return
      } catch (error) {
        context.onError(error, { projection: projection.name, range })
        await clock.sleep(pauseAfter(failures, PAUSES, random), stopping.signal)
      }
    }
  }

  for (const range of await storage.feed.ranges()) {
    for (const projection of projections) start(projection, range)
  }

  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    stopping.abort()
    while (running.size > 0) await Promise.all(running)
    await versions.ended
  }
  return {
    async status() {
      return { workerId, ranges: await Promise.all([...tracks].map((track) => track.status())) }
    },
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  }
}

function assertNames(projections: readonly Projection[]): void {
  const names = projections.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new InvalidDefinition(`Two projections are called ${twice}`)
}

function assertCount(setting: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidConfiguration(setting, 'must be a whole number from 1')
}
