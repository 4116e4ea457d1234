import { defineAggregate, repository } from '../../../src/index.ts'
import { benchAccount } from '../../support/cosmos/account.ts'
import { costsOf } from '../../support/cosmos/cost-rows.ts'
import type { Measure } from '../../support/measure.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'

const LENGTH = 100

const meter = defineAggregate({
  category: 'reading',
  events: readingEvents,
  initial: { readings: 0, kWh: 0 },
  evolve: { ReadingTaken: ({ readings, kWh }, { data }) => ({ readings: readings + 1, kWh: kWh + data.kWh }) },
})

/** What loading an aggregate costs on Azure Cosmos DB: from its events, and from a snapshot that no event is behind. */
export const cosmosLoad: Measure = {
  id: 'cosmos-load',
  title: `Cosmos DB: requests and RU of loading ${LENGTH} events, with a snapshot and without`,

  async run({ repetitions }) {
    await using account = benchAccount()
    const storage = await account.open()
    const writer = repository(storage, meter, { snapshots: { every: LENGTH } })
    for (let half = 0; half < 2; half++) await writer.execute('1', () => sampleEvents(LENGTH / 2))
    await writer.settled()

    const plain = repository(storage, meter, { cache: false })
    const fromSnapshot = repository(storage, meter, { cache: false, snapshots: { every: LENGTH } })
    const cached = repository(storage, meter)
    const loading = (meters: typeof plain) => async () => async () => {
      const { version } = await meters.load('1')
      if (version !== LENGTH) throw new Error(`Loaded version ${version}`)
    }
    await cached.load('1')
    return await costsOf(account.meter, repetitions, [
      { id: 'cosmos-load', label: `load of ${LENGTH} events`, atMost: 1, beside: 'query', prepare: loading(plain) },
      {
        id: 'cosmos-load-snapshot',
        label: `load of ${LENGTH} events, from a snapshot`,
        atMost: 2,
        beside: 'query',
        prepare: loading(fromSnapshot),
      },
      {
        id: 'cosmos-load-cached',
        label: `load of ${LENGTH} events, in the cache`,
        atMost: 1,
        beside: 'notModified',
        prepare: loading(cached),
      },
    ])
  },
}
