import { MongoClient } from 'mongodb'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { urlOf } from '../../../bench/support/mongo/url.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../support/mongo/server.ts'
import { workshop as commands } from '../cli/run-cli.ts'
import { workshop } from '../demo/demo-process.ts'
import { demoOn } from '../demo/running-demo.ts'
import { runsSurvivesAndStops } from '../demo/survival.ts'

const server = await findServer()
const shop = workshop()
const client = new MongoClient(server ?? 'mongodb://127.0.0.1')
const databases: string[] = []

/** The URL of a storage in a new database. */
function newUrl(): string {
  const database = newDatabaseName()
  databases.push(database)
  return urlOf(server as string, database, 'slots=4')
}

describe.skipIf(server === undefined)('on MongoDB', () => {
  afterEach(async () => {
    await shop.clean()
    await dropDatabases(client, databases.splice(0))
  })
  afterAll(() => client.close())

  it('the demo runs, shows what was posted, survives being killed as a whole, and stops in order', async () => {
    const url = newUrl()
    await runsSurvivesAndStops(() => demoOn(shop, url))
  }, 120_000)

  it('the command line makes a storage, with the indexes that projections name', async () => {
    const url = newUrl()
    await using shell = await commands()
    const missing = await shell.run(['projections', 'list', '--storage', url])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('StorageNotSetUp')])
    const told = await shell.json(['setup', '--storage', url, '--projections', 'projections'])
    expect(told).toMatchObject({ ready: true, ranges: 4 })
    const indexes = await client.db(databases.at(-1)).collection('views').indexes()
    expect(indexes.map(({ name }) => name)).toContain('meter-overview:2:postalCode:ascending')
    expect(await shell.json(['projections', 'list', '--storage', url])).toEqual([])
    const refused = await shell.run(['setup', '--storage', url.replace('slots=4', 'slots=5')])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('slots')])
  }, 60_000)
})
