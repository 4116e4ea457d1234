import { MongoClientClosedError, MongoErrorLabel, MongoNetworkError, MongoServerError } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { DeadlinePassed } from '../../../../../src/adapters/mongo/client/deadline.ts'
import { gaveUp, kindOf, refusal } from '../../../../../src/adapters/mongo/client/errors.ts'
import { InvalidConfiguration } from '../../../../../src/core/errors/input.ts'
import {
  StorageAccessDenied,
  StorageBusy,
  StorageFull,
  StorageUnavailable,
} from '../../../../../src/core/errors/storage.ts'

const answered = (code: number, ...labels: string[]) =>
  new MongoServerError({ message: 'a text that nobody compares', code, errorLabels: labels })

describe('errors of the driver', () => {
  it('are told apart by class, label and code', () => {
    const kinds: readonly (readonly [unknown, string])[] = [
      [answered(11000), 'duplicate'],
      [answered(112, MongoErrorLabel.TransientTransactionError), 'conflict'],
      [answered(251, MongoErrorLabel.TransientTransactionError), 'conflict'],
      [answered(64, MongoErrorLabel.UnknownTransactionCommitResult), 'unknown'],
      [answered(10107), 'lost'],
      [answered(189), 'lost'],
      [answered(11602, MongoErrorLabel.RetryableWriteError), 'lost'],
      [answered(50), 'lost'],
      [answered(237), 'lost'],
      [new MongoServerError({ message: 'what a bulk write makes of a cut connection' }), 'lost'],
      [answered(13), 'refused'],
      [answered(121), 'refused'],
      [new MongoNetworkError('cut'), 'lost'],
      [new DeadlinePassed('late'), 'lost'],
      [new MongoClientClosedError(), 'refused'],
      [new TypeError('a mistake of ours'), 'refused'],
    ]
    for (const [error, kind] of kinds) expect([error, kindOf(error)]).toEqual([error, kind])
  })

  it('become errors of the port, with the cause', () => {
    expect(refusal(answered(18))).toBeInstanceOf(StorageAccessDenied)
    expect(refusal(answered(13))).toBeInstanceOf(StorageAccessDenied)
    expect(refusal(answered(13297))).toBeInstanceOf(InvalidConfiguration)
    expect(refusal(answered(14031))).toBeInstanceOf(StorageFull)
    expect(refusal(answered(121))).toBeInstanceOf(StorageUnavailable)
    expect((refusal(answered(121)) as Error).cause).toBeInstanceOf(MongoServerError)
    const mistake = new TypeError('a mistake of ours')
    expect(refusal(mistake)).toBe(mistake)
  })

  it('after the deadline say whether somebody was in the way or nobody there', () => {
    expect(gaveUp(answered(112, MongoErrorLabel.TransientTransactionError), 100)).toBeInstanceOf(StorageBusy)
    expect(gaveUp(new MongoNetworkError('cut'), 100)).toBeInstanceOf(StorageUnavailable)
    expect(gaveUp(answered(10107), 100)).toBeInstanceOf(StorageUnavailable)
    const nobody = Object.assign(new Error('querySrv ETIMEOUT _mongodb._tcp.h'), { syscall: 'querySrv' })
    expect(gaveUp(nobody, 100).message).toContain('querySrv ETIMEOUT _mongodb._tcp.h')
    expect(gaveUp(undefined, 100)).toBeInstanceOf(StorageUnavailable)
  })
})
