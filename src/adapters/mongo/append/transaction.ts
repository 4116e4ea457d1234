import type { ClientSession } from 'mongodb'
import { CONCERNS } from '../client/collections.ts'
import { type Deadline, DeadlinePassed, deadlineIn } from '../client/deadline.ts'
import { kindOf } from '../client/errors.ts'
import { retryDelay } from '../client/retry-delay.ts'
import type { Handle } from '../handle.ts'

// Milliseconds that ending a transaction that failed may take. The server ends it by itself some time.
const ABORT = 1000

/**
 * Does one thing with the driver inside a transaction. Once that has ended it does nothing: an answer that comes after
 * the deadline must not lead to the next write, which would be one outside of any transaction.
 */
export type InTransaction = <T>(call: (session: ClientSession) => Promise<T>) => Promise<T>

/**
 * Runs work in a transaction and commits it. A commit whose result is unknown is asked for again, which commits no
 * second time, until it is known or the deadline has passed.
 *
 * @throws what the work or the commit failed with, as the driver has it; StorageUnavailable after the deadline. The
 *   transaction is aborted then, or nobody knows
 */
export async function transact<T>(
  { client, clusterTime }: Pick<Handle, 'client' | 'clusterTime'>,
  deadline: Deadline,
  work: (inTransaction: InTransaction) => Promise<T>,
): Promise<T> {
  const session = client.startSession({ causalConsistency: true })
  let isOver = false
  const inTransaction: InTransaction = async (call) => {
    if (isOver) throw new DeadlinePassed('The transaction was ended')
    return call(session)
  }
  try {
    session.startTransaction(CONCERNS)
    const result = await deadline.bound(work(inTransaction))
    await commit(session, deadline)
    clusterTime.note(session)
    return result
  } catch (error) {
    isOver = true
    await abort(session)
    throw error
  } finally {
    session.endSession().catch(() => {})
  }
}

async function commit(session: ClientSession, deadline: Deadline): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await deadline.bound(session.commitTransaction())
    } catch (error) {
      const kind = kindOf(error)
      if ((kind !== 'unknown' && kind !== 'lost') || deadline.left() <= 0) throw error
      await deadline.sleep(retryDelay(attempt))
    }
  }
}

// What the server has not ended already is ended, so that it stands in nobody's way.
async function abort(session: ClientSession): Promise<void> {
  if (!session.inTransaction()) return
  await deadlineIn(ABORT)
    .bound(session.abortTransaction())
    .catch(() => {})
}
