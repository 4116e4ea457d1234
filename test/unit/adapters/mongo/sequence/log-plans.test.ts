import { type CommandStartedEvent, type Document, MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { events, eventsNamed, grow } from '../../../../../src/testing/conformance/support/events.ts'
import { pagesOf, wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'

const server = await findServer()
const client = new MongoClient(server ?? 'mongodb://127.0.0.1', { monitorCommands: true })
afterAll(() => client.close())

const LONG = 1000
const STREAMS = ['a:1', 'a:2', 'a:3']

/** Whatever is done with the log, a little of each, in a log that is long. */
async function useLog(port: StoragePort): Promise<void> {
  const last = eventsNamed('known', 'too')
  const { position } = await port.events.append('a:1', last, { expectedVersion: 'any' })
  await port.events.append('a:1', last, { expectedVersion: 'any' })
  await Promise.all(STREAMS.map((id) => port.events.append(id, events(2), { expectedVersion: 1 }).catch(() => {})))
  await port.events.load('a:1', { from: 400, limit: 5 })
  await port.events.load('a:1', { direction: 'backwards', limit: 5 })
  await port.events.load('a:1', { from: LONG + 10 })
  await port.events.findAppend('a:1', 'known')
  await port.events.locate(position)
  const [range] = await port.feed.ranges()
  if (range === undefined) throw new RangeError('no range')
  const pages = await pagesOf(port, range, 'start', LONG)
  await grow(port, 'a:2')
  for (const from of ['start', pages[0]?.continuation ?? '', pages.at(-1)?.continuation ?? '', 'now', new Date()]) {
    await port.feed.lag(range, from)
    await port.feed.read(range, from, { limit: 7 })
  }
  await port.feed.read({ ...range, max: '3F' }, 'start', { limit: 7 })
  await port.feed.lag({ ...range, max: '3F' }, pages.at(-1)?.continuation ?? '')
  await port.events.tombstone('a:3', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
  await port.events.erase('a:3', { limit: 5 })
  await grow(port, 'b:1')
  await port.events.tombstone('b:1', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
  await port.events.erase('b:1')
}

/** What `explain` takes of a command, each write of it alone; undefined where there is nothing to be looked for. */
function explainable({ commandName, command }: CommandStartedEvent): Document[] {
  const { lsid, $clusterTime, $db, readConcern, writeConcern, txnNumber, autocommit, startTransaction, ...rest } =
    command
  if (commandName === 'update') return rest.updates.map((one: Document) => ({ ...rest, updates: [one] }))
  if (commandName === 'delete') return rest.deletes.map((one: Document) => ({ ...rest, deletes: [one] }))
  return ['find', 'aggregate', 'distinct', 'count'].includes(commandName) ? [rest] : []
}

const shapeOf = (command: Document): string =>
  JSON.stringify(command, (_, value) => (typeof value === 'string' || typeof value === 'number' ? '?' : value))

/** The statistics of a plan, which lie deeper where it is one of an aggregate. */
function statisticsOf(explained: Document): Document {
  return explained.executionStats ?? explained.stages[0].$cursor.executionStats
}

describe.skipIf(server === undefined)('in a long log', () => {
  it('nothing is looked for but by an index, in its order, and as far as is needed', async () => {
    const database = newDatabaseName()
    const commands = new Map<string, Document>()
    await using port = await openMongoPort(client, { database, slots: 1 })
    try {
      for (const id of STREAMS) for (let i = 0; i < 4; i++) await grow(port, id, LONG / 4)
      await wholeFeed(port)
      client.on('commandStarted', (event) => {
        if (event.databaseName !== database || event.commandName === 'explain') return
        for (const command of explainable(event)) commands.set(`${event.commandName} ${shapeOf(command)}`, command)
      })
      await useLog(port)
      expect(commands.size).toBeGreaterThan(20)
      for (const [name, command] of [...commands]) {
        const explained = await client.db(database).command({ explain: command, verbosity: 'executionStats' })
        // What was not chosen may have been worse.
        const plan = JSON.stringify(explained, (key, value) => (key === 'rejectedPlans' ? undefined : value))
        expect(plan, name).not.toContain('"COLLSCAN"')
        expect(plan, name).not.toContain('"SORT"')
        const { nReturned, totalKeysExamined, totalDocsExamined } = statisticsOf(explained)
        // A part of a slot passes over what is of the rest; a search for ids looks where each would be.
        expect(totalKeysExamined, name).toBeLessThanOrEqual(2 * nReturned + 6)
        expect(totalDocsExamined, name).toBeLessThanOrEqual(nReturned + 1)
      }
    } finally {
      await dropDatabases(client, [database])
    }
  })
})
