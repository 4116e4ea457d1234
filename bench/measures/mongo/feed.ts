import type { StoragePort } from '../../../src/core/index.ts'
import { READS_ONLY } from '../../support/durability.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { benchDatabase } from '../../support/mongo/database.ts'
import { openRawLog } from '../../support/mongo/raw-log.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const PAGE = 1_000

/**
 * Reads the whole change feed, range after range, in pages, against a bare scan of the same index. The first reading,
 * which gives all events their LSNs, is told beside it.
 */
export const mongoFeed: Measure = {
  id: 'mongo-feed',
  title: `MongoDB: the change feed in pages of ${PAGE.toLocaleString('en-US')}`,
  server: 'mongodb',

  async run({ quick, repetitions, until, mongodb, progress }) {
    const count = quick ? 10_000 : 40_000
    await using database = benchDatabase(await mongodb())
    await using raw = openRawLog(database)
    const storage = await database.open()
    progress(`appending ${count.toLocaleString('en-US')} events`)
    await seedEvents(storage, count)
    const ranges = await storage.feed.ranges()

    const rateOf = async (read: () => Promise<number>) => {
      let seen = 0
      const time = await seconds(async () => {
        seen = await read()
      })
      if (seen !== count) throw new Error(`Read ${seen} events of ${count}`)
      return count / time
    }
    const first = await rateOf(() => readFeed(storage))
    const { feed, scan } = await interleave(
      repetitions,
      {
        feed: () => rateOf(() => readFeed(storage)),
        scan: () =>
          rateOf(async () => {
            let seen = 0
            for (const slot of ranges.keys()) seen += await raw.scan(slot)
            return seen
          }),
      },
      until,
    )
    const size = `${count.toLocaleString('en-US')} events`
    return [
      against(
        READS_ONLY,
        row('mongo-feed', `feed of ${size}: to a bare sorted scan`, ratioOf(feed, scan), 'x', { atLeast: 0.7 }),
      ),
      row('mongo-feed-rate', `feed of ${size}: events a second`, summarise(feed), '/s'),
      row('mongo-feed-scan-rate', `feed of ${size}: bare, events a second`, summarise(scan), '/s'),
      row('mongo-feed-first-rate', `feed of ${size}: events a second the first time`, summarise([first]), '/s'),
    ]
  },
}

async function readFeed({ feed }: Pick<StoragePort, 'feed'>): Promise<number> {
  let seen = 0
  for (const range of await feed.ranges()) {
    for (let from = 'start', caughtUp = false; !caughtUp; ) {
      const page = await feed.read(range, from, { limit: PAGE })
      seen += page.events.length
      from = page.continuation
      caughtUp = page.caughtUp
    }
  }
  return seen
}
