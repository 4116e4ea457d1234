import { eventStore, type Storage, startProcessor } from '../../../src/index.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { benchAccount } from '../../support/cosmos/account.ts'
import { costsOf } from '../../support/cosmos/cost-rows.ts'
import type { Measure } from '../../support/measure.ts'
import { meterOf, readingEvent, readingEvents } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'

const EVENTS = 500
const PAGE = 100
const projection = consumptionProjection('consumption')

/** What views cost on Azure Cosmos DB: to fold into one, to read one, to query them, to wait for one. */
export const cosmosViews: Measure = {
  id: 'cosmos-views',
  title: 'Cosmos DB: requests and RU of views',

  async run({ repetitions }) {
    await using account = benchAccount()
    const storage = await account.open()
    const position = await fold(storage)
    const { viewStore, views } = storage
    const key = meterOf(0)

    const update = async () => {
      const stored = await viewStore.get({ projection: projection.name, version: 1, key })
      if (stored === undefined) throw new Error(`The view of ${key} is missing`)
      const { document, etag } = stored
      const data = { ...document.data, readings: Number(document.data?.readings) + 1 }
      if (!(await viewStore.save({ ...document, data }, { ifMatch: etag })).saved) throw new Error('It was not saved')
    }
    const query = async (orderBy?: { readonly field: 'register' }) => {
      const found = await views.query(projection, { limit: PAGE, ...(orderBy && { orderBy }) })
      if (found.items.length !== PAGE) throw new Error(`The page holds ${found.items.length} views`)
    }
    return await costsOf(account.meter, repetitions, [
      { id: 'cosmos-view-update', label: 'update of a view: read and save', atMost: 2, prepare: async () => update },
      { id: 'cosmos-view-read', label: 'read of a view', prepare: async () => () => views.get(projection, key) },
      { id: 'cosmos-view-query', label: `query of views, a page of ${PAGE}`, prepare: async () => () => query() },
      {
        id: 'cosmos-view-query-ordered',
        label: `query of views, a page of ${PAGE} by a field`,
        prepare: async () => () => query({ field: 'register' }),
      },
      {
        id: 'cosmos-wait-for',
        label: 'waitFor a view that is there',
        prepare: async () => () => views.waitFor(projection, key, position),
      },
    ])
  },
}

/** Fills views, and answers the position of an event that is in one of them. */
async function fold(storage: Storage): Promise<string> {
  await seedEvents(storage, EVENTS)
  const store = eventStore(storage, readingEvents)
  const { position } = await store.append(`reading:${meterOf(0)}`, [readingEvent(0)], { expectedVersion: 'any' })
  await using _processor = await startProcessor(storage, [projection])
  await storage.views.waitFor(projection, meterOf(0), position, { timeout: 30_000 })
  return position
}
