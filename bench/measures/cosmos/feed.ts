import { benchAccount } from '../../support/cosmos/account.ts'
import { costsOf } from '../../support/cosmos/cost-rows.ts'
import type { Measure } from '../../support/measure.ts'
import { seedEvents } from '../../support/seed.ts'

const PAGE = 1_000

/** What the change feed costs on Azure Cosmos DB: a page of events, and a look when there is nothing new. */
export const cosmosFeed: Measure = {
  id: 'cosmos-feed',
  title: `Cosmos DB: requests and RU of the feed, a page of ${PAGE} events and a look at its end`,

  async run({ repetitions }) {
    await using account = benchAccount()
    const { events, feed } = await account.open()
    await seedEvents({ events }, PAGE)
    const [range] = await feed.ranges()
    if (range === undefined) throw new Error('The feed has no range')
    const page = () => feed.read(range, 'start', { limit: PAGE })
    const { continuation } = await page()
    // Whoever polls goes on where he stopped; the first look makes what the others keep.
    const look = () => feed.read(range, continuation, { limit: PAGE })
    await look()
    return await costsOf(account.meter, repetitions, [
      { id: 'cosmos-feed-page', label: `page of the feed, ${PAGE} events`, prepare: async () => page },
      {
        id: 'cosmos-feed-idle',
        label: 'look at the end of the feed',
        atMost: 1,
        beside: 'notModified',
        prepare: async () => look,
      },
    ])
  },
}
