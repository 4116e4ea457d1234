import { MongoClient } from 'mongodb'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import dailyTotals from '../../../projections/daily-totals-by-week.ts'
import meterOverview from '../../../projections/meter-overview.ts'
import totalActivatedMeters from '../../../projections/total-activated-meters.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import type { Storage } from '../../../src/views/storage.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../support/mongo/server.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'
import { storedViews } from '../../support/projecting/views.ts'
import { workshop as commands } from '../cli/run-cli.ts'
import { workshop } from '../demo/demo-process.ts'
import { demoOn } from '../demo/running-demo.ts'
import { runsSurvivesAndStops } from '../demo/survival.ts'
import { HOUSEHOLD, hasRealData } from '../import/data.ts'
import { runImport } from '../import/run-import.ts'
import { tempFolder } from '../import/temp-folder.ts'

const server = await findServer()
const projections = [dailyTotals, meterOverview, totalActivatedMeters]
const shop = workshop()
const client = new MongoClient(server ?? 'mongodb://127.0.0.1')
const databases: string[] = []

/** The URL of a storage in a new database. */
function newUrl(): string {
  const database = newDatabaseName()
  databases.push(database)
  const [address = '', query = ''] = (server as string).split('?')
  return `${address.replace(/\/$/, '')}/${database}?${query}&slots=4`
}

/** What does not differ between two imports of a file, in the order of streams. */
async function historyOf(storage: Storage): Promise<unknown[]> {
  const events = await Array.fromAsync(storage.events.query({}))
  return events
    .map(({ id, eventType, eventData }) => ({ id, eventType, eventData }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

async function project(storage: Storage) {
  await using _ = await startProcessor(storage, projections)
  await untilCaughtUp(storage, projections, 120_000)
  return Promise.all(projections.map((projection) => storedViews(storage, projection)))
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

  it.skipIf(!hasRealData())(
    'the import of real meters gives what it gives in a folder',
    async () => {
      await using folder = await tempFolder()
      const urls = [newUrl(), folder.url] as const
      for (const url of urls)
        expect(await runImport([HOUSEHOLD, '--storage', url])).toMatchObject({ code: 0, stderr: '' })
      await using mongo = await openStorage(urls[0])
      await using embedded = await openStorage(urls[1])
      const history = await historyOf(mongo)
      expect(history.length).toBeGreaterThan(1000)
      expect(history).toEqual(await historyOf(embedded))
      expect(await project(mongo)).toEqual(await project(embedded))
      const again = await runImport([HOUSEHOLD, '--storage', urls[0]])
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('0 days added (0 events appended)')])
    },
    300_000,
  )

  it('the command line makes a storage, with the indexes that projections name', async () => {
    const url = newUrl()
    await using shell = await commands()
    const missing = await shell.run(['projections', 'list', '--storage', url])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('StorageNotSetUp')])
    const told = await shell.json(['setup', '--storage', url, '--projections', 'projections'])
    expect(told).toMatchObject({ ready: true, ranges: 4 })
    const indexes = await client.db(databases.at(-1)).collection('views').indexes()
    expect(indexes.map(({ name }) => name)).toContain('meter-overview:1:postalCode:ascending')
    expect(await shell.json(['projections', 'list', '--storage', url])).toEqual([])
    const refused = await shell.run(['setup', '--storage', url.replace('slots=4', 'slots=5')])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('slots')])
  }, 60_000)
})
