import { notify } from '../core/async/callbacks.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { InvalidDefinition } from '../core/errors/input.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { guardedTelemetry } from '../core/telemetry/guarded-telemetry.ts'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import { indexViews } from '../projections/index-views.ts'
import { isReaction } from '../reactions/reaction.ts'
import { isReactionSource, type ReactionSource } from '../reactions/reaction-source.ts'
import { timersConsumer } from '../timers/pending/timers-consumer.ts'
import { startConsumers } from './consumers.ts'
import { finishForgetting } from './finish-forgetting.ts'
import { createLeaseManager, type LeaseManager } from './lease-manager.ts'
import { createPageState } from './pages/page-state.ts'
import type { FailurePlace, RangeContext } from './ranges/range-context.ts'
import { createReaders } from './ranges/shared-readers.ts'
import { startReactions } from './reactions/beginning/start-reactions.ts'
import { startGroups } from './reactions/start-groups.ts'
import { assertRelease, assertWorkerId, type ProcessorSettings, settingsOf } from './settings.ts'
import { gaugesOf } from './status/metrics.ts'
import { createStatus, type ProcessorStatus } from './status/status.ts'
import { knownProgress } from './versions/known-progress.ts'
import { startVersions } from './versions/start-versions.ts'
import type { VersionNotice } from './versions/version-notice.ts'
import { isProjection, type Work } from './work.ts'
import { ownDetails } from './workers/own-details.ts'

export type ProcessorOptions = Partial<ProcessorSettings> & {
  /**
   * The name under which this worker owns its leases: 1 to 200 characters, none of `/ \\ ? #`, and unique among running
   * workers. Random by default.
   */
  readonly workerId?: string
  /**
   * What the application calls its release, such as a version or a commit: 1 to 200 characters. Others see it among the
   * workers of a status.
   */
  readonly release?: string
  readonly clock?: Clock
  /** The random source for jitter: from 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: () => number
  /**
   * Called for every failure, including those that are retried, with its place, which is empty if the leases could not
   * be read. Anything that it throws or rejects with is ignored.
   */
  readonly onError?: (error: unknown, where: FailurePlace) => void
  /**
   * Called for new versions of projections, for handlers that changed without one, and for pauses. Anything that it
   * throws or rejects with is ignored.
   */
  readonly onVersion?: (notice: VersionNotice) => void
  /**
   * Called with true when this worker goes on standby, because other workers own every feed range, and with false when
   * it owns one again. What it throws or rejects with is ignored.
   */
  readonly onStandby?: (standby: boolean) => void
  /** Counts, measures and traces the work; by default nothing does. */
  readonly telemetry?: Telemetry
}

/** Running projections. */
export type Processor = AsyncDisposable & {
  /** The state of each projection on each range, whichever worker owns it. */
  status(): Promise<ProcessorStatus>
  /**
   * Finishes the current page, releases the leases, and resolves when nothing is running any more. It may be called
   * again.
   */
  stop(): Promise<void>
}

/**
 * Runs projections, reactions, consumers and rules over the change feed continuously, as one of any number of workers,
 * which divide the feed ranges among them by means of leases. Failures are retried, a failing projection does not affect
 * others, split ranges continue as their parts, and the ranges of a dead worker are taken over.
 *
 * @throws InvalidDefinition if two projections have the same name; InvalidConfiguration; GroupMismatch and
 *   EnvironmentMismatch for consumers; what the storage throws if it cannot be reached at the start
 */
export async function startProcessor(
  storage: StoragePort,
  given: readonly (Work | ReactionSource)[],
  options: ProcessorOptions = {},
): Promise<Processor> {
  const { workerId = crypto.randomUUID(), release, clock = systemClock, random = Math.random } = options
  const telemetry = guardedTelemetry(options.telemetry)
  const defined = given.flatMap((one) => (isReactionSource(one) ? one.reactions(storage, { clock, random }) : one))
  const work = defined.some(hasTimers) ? [...defined, timersConsumer] : defined
  assertNames(work)
  assertWorkerId(workerId)
  assertRelease(release)
  const settings = settingsOf(options)
  const stopping = new AbortController()
  const background = new Set<Promise<unknown>>()
  const context: RangeContext = {
    storage,
    clock,
    random,
    workerId,
    stalledAfter: settings.stalledAfter,
    waitingAfter: settings.waitingAfter,
    signal: stopping.signal,
    ...createPageState(storage, clock, settings.concurrency, random),
    // Unknown before the leases were first read, and nothing is folded before that.
    rangeCount: () => manager.rangeCount,
    slicesOf: (projection) => versions.slicesOf(projection),
    sinceOf: (projection) => versions.sinceOf(projection),
    consumerOf: (consumer) => consumers.of(consumer),
    telemetry,
    inBackground(work) {
      const done = work.finally(() => background.delete(done))
      background.add(done)
    },
    readerOf: createReaders(storage.feed, settings.pageSize, stopping.signal),
    onError: (error, where) => notify(options.onError, error, where),
    onNotice: (notice) => notify(options.onVersion, notice),
  }
  const projections = work.filter(isProjection)
  const reactions = projections.filter(isReaction)
  await startGroups(context, reactions)
  await startReactions(context, reactions, context.onNotice)
  // A reaction never has more than one version.
  const versioned = projections.filter((projection) => !isReaction(projection))
  const versions = await startVersions(versioned, {
    storage,
    clock,
    signal: stopping.signal,
    tell: context.onNotice,
    failed: (error, projection) => context.onError(error, { projection }),
  })
  const consumers = await startConsumers(work, context, () => stopping.abort())
  const manager: LeaseManager = createLeaseManager(context, work, settings, {
    own: ownDetails(clock, release ?? null),
    registered: versions.confirm,
    onStandby: (standby) => notify(options.onStandby, standby),
  })
  await indexViews(storage, versioned, (error, { name }) => context.onError(error, { projection: name }))
  const status = createStatus(context, manager, settings)
  const gauges = async () => [...gaugesOf(await status(), clock.now()), ...(await consumers.gauges())]
  const unobserve = telemetry.observe(gauges)

  let watching: Promise<unknown> = Promise.resolve()
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= end())
  async function end(): Promise<void> {
    stopping.abort()
    unobserve()
    await manager.end()
    await consumers.end()
    await watching
    while (background.size > 0) await Promise.all(background)
  }
  try {
    await manager.begin()
    watching = versions.watch(knownProgress(manager))
    context.inBackground(finishForgetting(context))
  } catch (error) {
    await stop()
    throw error
  }
  return { status, stop, [Symbol.asyncDispose]: stop }
}

/** Whether timers are fired for it. */
const hasTimers = (one: Work): boolean => isProjection(one) && isReaction(one) && one.react.timers.size > 0

function assertNames(work: readonly Work[]): void {
  const names = work.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new InvalidDefinition(`Two projections are called ${twice}; each needs its own name`)
}
