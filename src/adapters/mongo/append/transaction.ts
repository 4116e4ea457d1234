import type { ClientSession } from 'mongodb'
import { CONCERNS } from '../client/collections.ts'
import { type Deadline, DeadlinePassed, deadlineIn } from '../client/deadline.ts'
import { kindOf } from '../client/errors.ts'
import { retryDelay } from '../client/retry-delay.ts'
import type { Handle } from '../handle.ts'

// Milliseconds that aborting a failed transaction may take. The server eventually aborts it itself.
const ABORT = 1000

/**
 * Runs one operation of the driver inside a transaction. After the transaction has ended it does nothing, because a
 * response after the deadline must not lead to the next write, which would be outside any transaction.
 */
export type InTransaction = <T>(call: (session: ClientSession) => Promise<T>) => Promise<T>

/**
 * Runs work in a transaction and commits it. A commit with an unknown outcome is retried, which does not commit twice,
 * until the outcome is known or the deadline has passed.
 *
 * @throws the driver's error of the work or the commit; StorageUnavailable after the deadline. The transaction is then
 *   aborted, or its outcome is unknown
 */
export async function transact<T>(
  { client, clusterTime }: Pick<Handle, 'client' | 'clusterTime'>,
  deadline: Deadline,
  work: (inTransaction: InTransaction) => Promise<T>,
): Promise<T> {
  const session = client.startSession({ causalConsistency: true })
  let isOver = false
  const inTransaction: InTransaction = async (call) => {
    if (isOver) throw new DeadlinePassed('The transaction has ended')
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

// A transaction that the server has not ended is aborted, so that it blocks no other.
async function abort(session: ClientSession): Promise<void> {
  if (!session.inTransaction()) return
  await deadlineIn(ABORT)
    .bound(session.abortTransaction())
    .catch(() => {})
}
