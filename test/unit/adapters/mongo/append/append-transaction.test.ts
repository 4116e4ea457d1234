import { type MongoClient, MongoErrorLabel, MongoNetworkError, MongoServerError } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { transact } from '../../../../../src/adapters/mongo/append/transaction.ts'
import { ClusterTime } from '../../../../../src/adapters/mongo/client/cluster-time.ts'
import { DeadlinePassed, deadlineIn } from '../../../../../src/adapters/mongo/client/deadline.ts'

const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A client whose sessions note what is done with them, and commit as the test says. */
function clientWith(commits: (() => Promise<void>)[] = []) {
  const done: string[] = []
  let isActive = false
  const session = {
    startTransaction() {
      isActive = true
      done.push('start')
    },
    inTransaction: () => isActive,
    async commitTransaction() {
      isActive = false
      done.push('commit')
      await commits.shift()?.()
    },
    async abortTransaction() {
      isActive = false
      done.push('abort')
    },
    async endSession() {
      done.push('end')
    },
  }
  const client = { startSession: () => session } as unknown as MongoClient
  return { handle: { client, clusterTime: new ClusterTime() }, done }
}

const unknown = () => {
  const error = new MongoServerError({ message: 'who knows', code: 64 })
  error.addErrorLabel(MongoErrorLabel.UnknownTransactionCommitResult)
  return error
}

describe('transact', () => {
  it('commits what the work did, and answers it', async () => {
    const { handle, done } = clientWith()
    const work = async () => {
      done.push('work')
      return 7
    }
    expect(await transact(handle, deadlineIn(1000), (inTransaction) => inTransaction(work))).toBe(7)
    expect(done).toEqual(['start', 'work', 'commit', 'end'])
  })

  it('aborts when the work fails', async () => {
    const { handle, done } = clientWith()
    await expect(transact(handle, deadlineIn(1000), () => Promise.reject(new TypeError('no')))).rejects.toThrow('no')
    expect(done).toEqual(['start', 'abort', 'end'])
  })

  it('asks again for a commit whose result is unknown, or whose answer never came', async () => {
    const { handle, done } = clientWith([
      () => Promise.reject(unknown()),
      () => Promise.reject(new MongoNetworkError('cut')),
      async () => {},
    ])
    await transact(handle, deadlineIn(1000), async () => {})
    expect(done).toEqual(['start', 'commit', 'commit', 'commit', 'end'])
  })

  it('does not ask again for a commit that was refused', async () => {
    const { handle, done } = clientWith([() => Promise.reject(new MongoServerError({ message: 'gone', code: 251 }))])
    await expect(transact(handle, deadlineIn(1000), async () => {})).rejects.toMatchObject({ code: 251 })
    expect(done).toEqual(['start', 'commit', 'end'])
  })

  it('writes nothing more when an answer comes after the deadline', async () => {
    const { handle, done } = clientWith()
    const work = transact(handle, deadlineIn(20), async (inTransaction) => {
      await inTransaction(async () => {
        done.push('move the head')
        await turn(60)
      })
      await inTransaction(async () => done.push('insert'))
    })
    await expect(work).rejects.toBeInstanceOf(DeadlinePassed)
    await turn(80)
    expect(done).toEqual(['start', 'move the head', 'abort', 'end'])
  })
})
