import type { ClientSession, MongoClient } from 'mongodb'
import { ClusterTime } from './cluster-time.ts'
import { DeadlinePassed, deadlineIn } from './deadline.ts'
import { gaveUp, kindOf, refusal } from './errors.ts'
import { retryDelay } from './retry-delay.ts'

/** Added to the options of every read of an attempt. */
export type Attempt = {
  /** Each read is at least as recent as what earlier calls saw or wrote, even if another server has become primary. */
  readonly session: ClientSession
  /** The time limit of one command on the server, because no caller waits longer for it. */
  readonly maxTimeMS: number
}

/**
 * Runs work with the driver, and retries it until the deadline as long as there is no response. The work must be
 * idempotent.
 *
 * @param deadline milliseconds
 * @param signal the caller's own; when it is aborted, its reason is thrown
 * @param clusterTime what each attempt sees at least, and what it adds to
 * @throws StorageUnavailable, StorageBusy after the deadline; StorageAccessDenied, StorageFull, …; errors that are not
 *   the driver's as they are
 */
export async function repeat<T>(
  client: MongoClient,
  deadline: number,
  work: (attempt: Attempt) => Promise<T>,
  signal?: AbortSignal,
  clusterTime: ClusterTime = new ClusterTime(),
): Promise<T> {
  const until = deadlineIn(deadline)
  let last: unknown
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    try {
      const one = until.forOneTry()
      const maxTimeMS = Math.max(1, Math.ceil(one.left()))
      return await one.bound(inSession(client, clusterTime, maxTimeMS, work), signal)
    } catch (error) {
      const kind = kindOf(error)
      if (kind === 'refused' || kind === 'duplicate') throw refusal(error)
      if (!(error instanceof DeadlinePassed)) last = error
      const pause = retryDelay(attempt)
      if (until.left() <= pause) throw gaveUp(last, deadline)
      await until.sleep(pause, signal)
    }
  }
}

async function inSession<T>(
  client: MongoClient,
  clusterTime: ClusterTime,
  maxTimeMS: number,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const session = client.startSession({ causalConsistency: true })
  clusterTime.begin(session)
  try {
    return await work({ session, maxTimeMS })
  } finally {
    clusterTime.note(session)
    await session.endSession()
  }
}
