import { createRequire } from 'node:module'
import { BSON, MongoClient, MongoNetworkError, MongoServerError } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { isA } from '../../../../../src/adapters/mongo/client/driver-error.ts'
import { kindOf, refusal } from '../../../../../src/adapters/mongo/client/errors.ts'
import { connect } from '../../../../../src/adapters/mongo/setup/deployment.ts'
import { isNeverThere } from '../../../../../src/adapters/mongo/watch/no-change-streams.ts'
import { eventsNamed, grow } from '../../../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { saveViews } from '../../../../../src/testing/conformance/support/views.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'

/** The driver once more: what a program has that loads it by `require`, or from a folder of its own. */
function anotherDriver(): typeof import('mongodb') {
  const require = createRequire(import.meta.url)
  const loaded = Object.keys(require.cache).filter((path) => /node_modules.(mongodb|bson)./.test(path))
  for (const path of loaded) delete require.cache[path]
  return require('mongodb')
}

const other = anotherDriver()

describe('a client of another copy of the driver', () => {
  it('is of other classes', () => {
    expect(new other.MongoServerError({ message: 'no' })).not.toBeInstanceOf(MongoServerError)
  })

  it('works like any other, also when a primary steps down and when a connection breaks', async () => {
    await using on = await onModel()
    await using client = new other.MongoClient(on.model.uri) as unknown as MongoClient
    await using port = await on.open({}, client)
    let left = 4
    on.model.decide((name) => {
      if (!['update', 'insert', 'commitTransaction', 'find'].includes(name) || left-- <= 0) return undefined
      return left % 2 === 0 ? { code: 10107 } : 'cutAfter'
    })
    await port.events.append('a:1', eventsNamed('x'), { expectedVersion: 0 })
    expect(left).toBeLessThanOrEqual(0)
    await grow(port, 'a:1')
    await expect(port.events.append('a:1', eventsNamed('y'), { expectedVersion: 7 })).rejects.toMatchObject({
      code: 'WrongExpectedVersion',
    })
    expect(await wholeFeed(port)).toHaveLength(2)
    await saveViews(port, { k: { n: 1 } })
    expect((await port.viewStore.getMany('overview', 1, ['k'])).size).toBe(1)
    on.model.decide((name) => (name === 'find' ? { code: 18 } : undefined))
    await expect(port.leases.list()).rejects.toMatchObject({ code: 'StorageAccessDenied' })
  })

  it('has errors that are told apart by name', () => {
    const answered = (code: number) => new other.MongoServerError({ message: 'no', code })
    expect([kindOf(answered(11000)), kindOf(answered(10107)), kindOf(answered(121))]).toEqual([
      'duplicate',
      'lost',
      'refused',
    ])
    expect(kindOf(new other.MongoNetworkError('cut'))).toBe('lost')
    expect(kindOf(new other.MongoInvalidArgumentError('no'))).toBe('refused')
    expect([isNeverThere(answered(40573)), isNeverThere(new other.MongoNetworkError('cut'))]).toEqual([true, false])
    expect(isA(new MongoNetworkError('cut'), 'MongoServerError')).toBe(false)
    for (const none of [null, undefined, 'MongoServerError', { name: 'MongoServerError' }]) {
      expect(isA(none, 'MongoServerError')).toBe(false)
    }
  })
})

describe('what the driver does not send', () => {
  it('is no outage: it is refused at once, and says so', () => {
    for (const error of [
      new other.MongoMissingDependencyError('no', { cause: new Error('no'), dependencyName: 'kerberos' }),
      new other.MongoInvalidArgumentError('no'),
      new BSON.BSONError('no'),
    ]) {
      expect(kindOf(error)).toBe('refused')
      expect(refusal(error)).toMatchObject({ code: 'UnsupportedStorage', cause: error })
    }
    expect(refusal(new other.MongoMissingCredentialsError('no'))).toMatchObject({ code: 'StorageAccessDenied' })
    // A server that left the set while it was waited for.
    expect(kindOf(new other.MongoServerClosedError('gone'))).toBe('lost')
  })

  it('is known at opening where the client is of an older release', async () => {
    await using client = new MongoClient('mongodb://127.0.0.1:1')
    const older = { options: { metadata: { driver: { name: 'nodejs', version: '6.12.0|4' } } } }
    Object.setPrototypeOf(older, client)
    await expect(connect(older as unknown as MongoClient)).rejects.toMatchObject({
      code: 'UnsupportedStorage',
      message: expect.stringContaining('release 6'),
    })
  })
})
