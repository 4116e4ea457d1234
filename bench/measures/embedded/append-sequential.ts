import { join } from 'node:path'
import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore } from '../../../src/index.ts'
import { retriesNote, startEmmettAppender } from '../../support/emmett/appender.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { openRawLog } from '../../support/raw-log.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { versionedStreams } from '../../support/versioned-streams.ts'

const STREAMS = 64

/**
 * Appends of one event, the next one begun when the one before was acknowledged. All sides write into 64 streams in
 * turn, name the version that they expect, and flush with each append. emmett's file pool is slow: it makes fewer.
 */
export const appendSequential: Measure = {
  id: 'append-sequential',
  title: 'durable appends of one event, one after another',
  emmett: 'sqlite',

  async run({ folder, quick, repetitions, until, emmett }) {
    const count = quick ? 200 : 3_000
    await using storage = await openEmbedded(join(folder, 'tidemark'))
    using raw = openRawLog(join(folder, 'raw'))
    const store = eventStore(storage, readingEvents)
    const events = sampleEvents(count)
    const ours = versionedStreams('a', STREAMS)
    const theirs = versionedStreams('a', STREAMS)

    const sides = {
      async tidemark() {
        const time = await seconds(async () => {
          for (const event of events) {
            const stream = ours.next()
            stream.version = (await store.append(stream.id, [event], { expectedVersion: stream.version })).version
          }
        })
        return count / time
      },
      async raw() {
        const time = await seconds(() => {
          for (const event of events) {
            const stream = theirs.next()
            raw.commit(() => raw.append(stream.id, [event], stream.version++))
          }
        })
        return count / time
      },
    }
    const rows = (rates: { readonly tidemark: number[]; readonly raw: number[] }) => [
      against(
        raw.peer,
        row('append-sequential', 'one by one: to raw single inserts', ratioOf(rates.tidemark, rates.raw), 'x', {
          atLeast: 0.7,
        }),
      ),
      row('append-sequential-rate', 'one by one: events a second', summarise(rates.tidemark), '/s'),
      row('append-sequential-raw-rate', 'one by one: raw, events a second', summarise(rates.raw), '/s'),
    ]
    if (emmett === null) return rows(await interleave(repetitions, sides, until))

    await using connection = await startEmmettAppender(folder, 'one connection', 1)
    await using pool = await startEmmettAppender(folder, 'file pool', 1)
    const rates = await interleave(
      repetitions,
      {
        ...sides,
        connection: () => connection.rate(count),
        pool: () => pool.rate(count / 10),
      },
      until,
    )
    return [
      ...rows(rates),
      against(
        connection.peer,
        row(
          'append-sequential-emmett-connection',
          'one by one: to emmett-sqlite, one connection',
          ratioOf(rates.tidemark, rates.connection),
          'x',
          { atLeast: 2.5 },
          retriesNote(connection),
        ),
      ),
      against(
        pool.peer,
        row(
          'append-sequential-emmett-pool',
          'one by one: to emmett-sqlite, file pool',
          ratioOf(rates.tidemark, rates.pool),
          'x',
          { atLeast: 12 },
          retriesNote(pool),
        ),
      ),
    ]
  },
}
