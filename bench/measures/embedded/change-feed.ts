import type { FeedRange } from '../../../src/core/index.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { READS_ONLY } from '../../support/durability.ts'
import { collectGarbage, interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { openRawLog } from '../../support/raw-log.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const PAGE = 1_000

/**
 * Reads the whole change feed in pages, against a raw scan of the same file in pages of the same size that parses data
 * and metadata. Memory: what the heap holds after garbage collection at the end of a scan, over what it held after its
 * first tenth, by when every buffer has its size.
 */
export const changeFeed: Measure = {
  id: 'change-feed',
  title: 'the change feed in pages of 1,000',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 30_000 : 1_000_000
    await using storage = await openEmbedded(folder, { ranges: 1 })
    progress(`appending ${count.toLocaleString('en-US')} events`)
    await seedEvents(storage, count)
    using raw = openRawLog(folder)
    const [range] = await storage.feed.ranges()
    if (range === undefined) throw new Error('The feed has no range')

    async function scan(): Promise<{ readonly time: number; readonly growth: number }> {
      let seen = 0
      let from = 'start'
      const heap: number[] = []
      // Collecting garbage for the measurement is none of the feed's time.
      let paused = 0
      const time = await seconds(async () => {
        for (let caughtUp = false; !caughtUp; ) {
          const page = await storage.feed.read(range as FeedRange, from, { limit: PAGE })
          seen += page.events.length
          from = page.continuation
          caughtUp = page.caughtUp
          const atTenth = heap.length === 0 && seen >= count / 10
          if (atTenth || caughtUp) paused += await seconds(() => heap.push(heapUsed()))
        }
      })
      if (seen !== count) throw new Error(`The feed gave ${seen} events of ${count}`)
      return { time: time - paused, growth: ((heap.at(-1) ?? 0) - (heap[0] ?? 0)) / 2 ** 20 }
    }

    const { ours, theirs } = await interleave(
      repetitions,
      {
        ours: scan,
        async theirs() {
          let seen = 0
          const time = await seconds(() => {
            for (let after = 0; ; ) {
              const page = raw.readPage(after, PAGE)
              if (page.length === 0) break
              seen += page.length
              after = page.at(-1)?.pos ?? after
            }
          })
          if (seen !== count) throw new Error(`The scan gave ${seen} events of ${count}`)
          return time
        },
      },
      until,
    )
    const rates = ours.map(({ time }) => count / time)
    const rawRates = theirs.map((time) => count / time)
    const size = `${count.toLocaleString('en-US')} events`
    return [
      against(
        READS_ONLY,
        row('change-feed', `feed of ${size}: to a raw scan and parse`, ratioOf(rates, rawRates), 'x', { atLeast: 0.7 }),
      ),
      row('change-feed-heap', `feed of ${size}: heap growth`, summarise(ours.map(({ growth }) => growth)), 'MiB', {
        below: 8,
      }),
      row('change-feed-rate', `feed of ${size}: events a second`, summarise(rates), '/s'),
      row('change-feed-raw-rate', `feed of ${size}: raw, events a second`, summarise(rawRates), '/s'),
    ]
  },
}

function heapUsed(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
