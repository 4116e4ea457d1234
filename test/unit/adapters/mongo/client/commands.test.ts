import { type CommandStartedEvent, MongoClient } from 'mongodb'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { dropDatabases, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'
import { useAll } from '../../../../support/mongo/use-all.ts'

const server = await serverOrModel()
// Whatever makes results others, and promises weaker, where it is not overruled.
const client = new MongoClient(server, {
  monitorCommands: true,
  readPreference: 'secondaryPreferred',
  readConcernLevel: 'local',
  w: 1,
  retryWrites: false,
  promoteValues: false,
  ignoreUndefined: false,
  useBigInt64: false,
})
let database = ''
const databases: string[] = []
let commands: CommandStartedEvent[] = []
client.on('commandStarted', (event) => {
  if (event.databaseName === database || event.commandName === 'commitTransaction') commands.push(event)
})

const READS = new Set(['find', 'aggregate', 'distinct', 'count'])
const WRITES = new Set(['insert', 'update', 'delete', 'commitTransaction', 'createIndexes', 'findAndModify'])

describe('whatever the defaults of a client are', () => {
  afterAll(async () => {
    await dropDatabases(client, databases)
    await client.close()
  })
  beforeEach(() => {
    commands = []
    database = newDatabaseName()
    databases.push(database)
  })

  it('reads are of the majority and the primary, and writes wait for the journals of a majority', async () => {
    await using port = await openMongoPort(client, { database, slots: 2 })
    await useAll(port)
    const seen = new Set<string>()
    for (const { commandName, command } of commands) {
      seen.add(commandName)
      const inTransaction = command.autocommit === false
      const what = JSON.stringify(command)
      expect([undefined, 'primary'], what).toContain(command.$readPreference?.mode)
      const isRead = READS.has(commandName) || command.startTransaction === true
      if (isRead && (!inTransaction || command.startTransaction))
        expect(command.readConcern?.level, what).toBe('majority')
      const isWrite = WRITES.has(commandName) && (!inTransaction || commandName === 'commitTransaction')
      if (isWrite) expect(command.writeConcern, what).toMatchObject({ w: 'majority', j: true })
    }
    for (const name of ['find', 'insert', 'update', 'delete', 'commitTransaction']) expect(seen).toContain(name)
  })
})
