import { MongoClient, type Timestamp } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { encodeContinuation } from '../../../../../src/adapters/mongo/sequence/continuation.ts'
import { encodePosition } from '../../../../../src/core/positions/position-token.ts'
import { eventsNamed, grow } from '../../../../../src/testing/conformance/support/events.ts'
import { pagesOf, wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { saveViews } from '../../../../../src/testing/conformance/support/views.ts'
import { dropDatabases, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'

const server = await serverOrModel()
const client = new MongoClient(server, { monitorCommands: true })
afterAll(() => client.close())

const READS = ['find', 'aggregate', 'distinct']

/** Notes what reads name as the time that they are to see, beside that of the last write which was answered by then. */
function watchTimes(database: string) {
  const reads: { readonly named: Timestamp | undefined; readonly written: Timestamp }[] = []
  const linearizable: string[] = []
  const unwaited = new Set<number>()
  let written: Timestamp | undefined
  client.on('commandStarted', ({ commandName, command, databaseName, requestId }) => {
    if (databaseName !== database) return
    // Nobody waits for a promise to be struck out, and nothing depends on it.
    if (command.updates?.[0]?.u?.$unset?.plan !== undefined) unwaited.add(requestId)
    if (!READS.includes(commandName) || command.txnNumber !== undefined) return
    if (command.readConcern.level === 'linearizable') linearizable.push(command[commandName])
    else if (written) reads.push({ named: command.readConcern.afterClusterTime, written })
  })
  client.on('commandSucceeded', ({ commandName, reply, requestId }) => {
    if (!['commitTransaction', 'update', 'delete', 'insert'].includes(commandName) || unwaited.has(requestId)) return
    const { operationTime } = reply as { operationTime: Timestamp }
    if (!written?.greaterThan(operationTime)) written = operationTime
  })
  return { reads, linearizable }
}

describe('a primary that may not know yet what the one before it knew', () => {
  it('is told by each read what it must know at least', async () => {
    const database = newDatabaseName()
    await using port = await openMongoPort(client, { database, slots: 1 })
    const { reads, linearizable } = watchTimes(database)
    try {
      const { position } = await grow(port, 'a:1', 3)
      await port.events.load('a:1')
      for (let round = 0; round < 3; round++) {
        await grow(port, 'a:2', 2)
        await wholeFeed(port)
      }
      await port.events.locate(position)
      await saveViews(port, { k: { n: 1 } })
      await port.viewStore.getMany('overview', 1, ['k'])
      await port.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 3 })
      await port.events.erase('a:1')
      await port.events.load('a:2')
      expect(reads.length).toBeGreaterThan(15)
      expect(reads.filter(({ named, written }) => !named?.greaterThanOrEqual(written))).toEqual([])
      expect(linearizable).toEqual([])
    } finally {
      await dropDatabases(client, [database])
    }
  })

  it('is asked for what only others have told of in a way that makes sure', async () => {
    const database = newDatabaseName()
    await using port = await openMongoPort(client, { database, slots: 1 })
    const { linearizable } = watchTimes(database)
    try {
      await port.events.append('a:1', eventsNamed('x'), { expectedVersion: 0 })
      const [range] = await port.feed.ranges()
      if (range === undefined) throw new RangeError('no range')
      await pagesOf(port, range)
      expect((await port.feed.lag(range, 'start', { atLeast: 1 })).head).toBe(1)
      expect(linearizable).toEqual([])
      expect((await port.feed.lag(range, 'start', { atLeast: 2 })).head).toBe(1)
      expect(linearizable).toEqual(['slots'])
      const ahead = encodeContinuation(range, port.incarnation, { lsn: 2, last: null })
      await expect(port.feed.read(range, ahead)).rejects.toMatchObject({ code: 'TidemarkAheadOfLog' })
      expect(linearizable).toEqual(['slots', 'slots'])
      const mark = { streamId: 'a:1', version: 2, hash: '0A' }
      const unknown = encodePosition({ incarnation: port.incarnation, marks: [mark] })
      await expect(port.events.locate(unknown)).rejects.toMatchObject({ code: 'InvalidPosition' })
      expect(linearizable).toEqual(['slots', 'slots', 'streams'])
    } finally {
      await dropDatabases(client, [database])
    }
  })
})
