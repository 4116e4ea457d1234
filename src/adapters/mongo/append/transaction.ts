import type { ClientSession, MongoClient } from 'mongodb'
import { CONCERNS } from '../client/collections.ts'
import type { Deadline } from '../client/deadline.ts'
import { deadlineIn } from '../client/deadline.ts'
import { kindOf } from '../client/errors.ts'
import { pauseBefore } from '../client/retry.ts'

// Milliseconds that ending a transaction that failed may take. The server ends it by itself some time.
const ABORT = 1000

/**
 * Runs work in a transaction and commits it. A commit whose result is unknown is asked for again, which commits no
 * second time, until it is known or the deadline has passed.
 *
 * @throws what the work or the commit failed with, as the driver has it; StorageUnavailable after the deadline. The
 *   transaction is aborted then, or nobody knows
 */
export async function transact<T>(
  client: MongoClient,
  deadline: Deadline,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const session = client.startSession({ causalConsistency: false })
  try {
    session.startTransaction(CONCERNS)
    const result = await deadline.bound(work(session))
    await commit(session, deadline)
    return result
  } catch (error) {
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
      await deadline.sleep(pauseBefore(attempt, Math.random()))
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
