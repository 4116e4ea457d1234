import type { MongoClient } from 'mongodb'
import type { Clock } from '../../core/clock.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StorageLimits } from '../../core/port/storage.ts'
import { ClusterTime } from './client/cluster-time.ts'
import type { Collections } from './client/collections.ts'
import { type Attempt, repeat } from './client/run.ts'
import type { ChangeWatch } from './watch/change-watch.ts'

/** One opening of a database: what its interfaces share. */
export type Handle = {
  readonly client: MongoClient
  readonly collections: Collections
  /** The feed ranges, by slot. */
  readonly ranges: readonly FeedRange[]
  readonly incarnation: string
  readonly limits: StorageLimits
  /** The clock for recording times. */
  readonly clock: Clock
  /** The time limit of one call, in milliseconds. */
  readonly deadline: number
  /** What this process has seen of the cluster time. */
  readonly clusterTime: ClusterTime
  /** Notifications of commits, by any process. */
  readonly watch: ChangeWatch
  /** @throws StorageClosed */
  assertOpen(): void
  /**
   * Runs idempotent work with the driver, and retries it until the deadline as long as there is no response; a close
   * waits for it. See `repeat`.
   *
   * @param signal the caller's own; when it is aborted, its reason is thrown
   * @throws StorageClosed
   */
  run<T>(work: (attempt: Attempt) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Makes a close wait for an operation, and returns it. */
  during<T>(begun: Promise<T>): Promise<T>
}

/** Whether a storage is open, and its operations in progress. */
export function openCalls(
  client: MongoClient,
  deadline: number,
): Pick<Handle, 'clusterTime' | 'assertOpen' | 'run' | 'during'> & { readonly close: () => Promise<void> } {
  const clusterTime = new ClusterTime()
  const running = new Set<Promise<unknown>>()
  let closed = false
  const assertOpen = () => {
    if (closed) throw new StorageClosed()
  }
  const during = async <T>(begun: Promise<T>): Promise<T> => {
    running.add(begun)
    try {
      return await begun
    } finally {
      running.delete(begun)
    }
  }
  return {
    clusterTime,
    assertOpen,
    during,
    async run(work, signal) {
      assertOpen()
      return during(repeat(client, deadline, work, signal, clusterTime))
    },
    async close() {
      closed = true
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}
