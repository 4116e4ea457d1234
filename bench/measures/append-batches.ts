import { join } from 'node:path'
import { eventStore } from '../../src/index.ts'
import { openEmbedded } from '../../src/open/embedded.ts'
import { retriesNote, startEmmettAppender } from '../support/emmett-appender.ts'
import { interleave, seconds } from '../support/interleave.ts'
import { type Measure, row } from '../support/measure.ts'
import { openRawLog } from '../support/raw-log.ts'
import { readingEvents, sampleEvents } from '../support/sample-events.ts'
import { ratioOf, summarise } from '../support/statistics.ts'
import { versionedStreams } from '../support/versioned-streams.ts'

const SIZE = 100
const STREAMS = 64

/**
 * Appends of 100 events, the next one begun when the one before was acknowledged; each is one transaction and one
 * flush on every side. Versions are checked as with single events.
 */
export const appendBatches: Measure = {
  id: 'append-batches',
  title: `durable appends of ${SIZE} events, one after another`,

  async run({ folder, quick, repetitions, emmett }) {
    const appends = quick ? 80 : 400
    await using storage = await openEmbedded(join(folder, 'tidemark'))
    using raw = openRawLog(join(folder, 'raw'))
    const store = eventStore(storage, readingEvents)
    const batch = sampleEvents(SIZE)
    const ours = versionedStreams('a', STREAMS)
    const theirs = versionedStreams('a', STREAMS)
    const rateOf = async (work: () => unknown) => (appends * SIZE) / (await seconds(work))

    const sides = {
      tidemark: () =>
        rateOf(async () => {
          for (let i = 0; i < appends; i++) {
            const stream = ours.next()
            stream.version = (await store.append(stream.id, batch, { expectedVersion: stream.version })).version
          }
        }),
      raw: () =>
        rateOf(() => {
          for (let i = 0; i < appends; i++) {
            const stream = theirs.next()
            raw.commit(() => raw.append(stream.id, batch, stream.version))
            stream.version += SIZE
          }
        }),
    }
    const rows = (rates: { readonly tidemark: number[]; readonly raw: number[] }) => [
      row('append-batches', 'appends of 100: to raw', ratioOf(rates.tidemark, rates.raw), 'x', { atLeast: 0.75 }),
      row('append-batches-rate', 'appends of 100: events a second', summarise(rates.tidemark), '/s'),
      row('append-batches-raw-rate', 'appends of 100: raw, events a second', summarise(rates.raw), '/s'),
    ]
    if (emmett === null) return rows(await interleave(repetitions, sides))

    await using connection = await startEmmettAppender(folder, 'one connection', SIZE)
    await using pool = await startEmmettAppender(folder, 'file pool', SIZE)
    const rates = await interleave(repetitions, {
      ...sides,
      connection: () => connection.rate(appends),
      pool: () => pool.rate(appends),
    })
    return [
      ...rows(rates),
      row(
        'append-batches-emmett-connection',
        'appends of 100: to emmett-sqlite, one connection',
        ratioOf(rates.tidemark, rates.connection),
        'x',
        { atLeast: 3 },
        retriesNote(connection),
      ),
      row(
        'append-batches-emmett-pool',
        'appends of 100: to emmett-sqlite, file pool',
        ratioOf(rates.tidemark, rates.pool),
        'x',
        { atLeast: 3 },
        retriesNote(pool),
      ),
    ]
  },
}
