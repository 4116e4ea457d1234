import { join } from 'node:path'
import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore } from '../../../src/index.ts'
import { retriesNote, startEmmettAppender } from '../../support/emmett/appender.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, type Row, row } from '../../support/measure.ts'
import { openRawLog } from '../../support/raw-log.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { versionedStreams } from '../../support/versioned-streams.ts'

const SIZE = 100
const STREAMS = 64
const APPENDERS = 8

/**
 * Appends of 100 events, the next one begun when the one before was acknowledged; each is one transaction and one
 * flush on every side. Versions are checked as with single events. What a service with several requests at a time gets
 * is reported beside it: eight appenders at once, which emmett-sqlite and the raw loop do not offer.
 */
export const appendBatches: Measure = {
  id: 'append-batches',
  title: `durable appends of ${SIZE} events, one after another`,
  emmett: 'sqlite',

  async run({ folder, quick, repetitions, until, emmett }) {
    const appends = quick ? 40 : 400
    await using storage = await openEmbedded(join(folder, 'tidemark'))
    using raw = openRawLog(join(folder, 'raw'))
    const store = eventStore(storage, readingEvents)
    const batch = sampleEvents(SIZE)
    const ours = versionedStreams('a', STREAMS)
    const theirs = versionedStreams('a', STREAMS)
    const appenders = Array.from({ length: APPENDERS }, (_, i) => versionedStreams(`${i}`, STREAMS / APPENDERS))
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
      appenders: () =>
        rateOf(() =>
          Promise.all(
            appenders.map(async (streams) => {
              for (let i = 0; i < appends / APPENDERS; i++) {
                const stream = streams.next()
                stream.version = (await store.append(stream.id, batch, { expectedVersion: stream.version })).version
              }
            }),
          ),
        ),
    }
    const rows = (rates: { readonly [side in keyof typeof sides]: number[] }): Row[] => [
      against(
        raw.peer,
        row('append-batches', 'appends of 100: to raw', ratioOf(rates.tidemark, rates.raw), 'x', { atLeast: 0.8 }),
      ),
      row('append-batches-rate', 'appends of 100: events a second', summarise(rates.tidemark), '/s'),
      row('append-batches-raw-rate', 'appends of 100: raw, events a second', summarise(rates.raw), '/s'),
      against(
        raw.peer,
        row('append-batches-8', 'appends of 100, 8 appenders: to raw', ratioOf(rates.appenders, rates.raw), 'x'),
      ),
    ]
    if (emmett === null) return rows(await interleave(repetitions, sides, until))

    await using connection = await startEmmettAppender(folder, 'one connection', SIZE)
    await using pool = await startEmmettAppender(folder, 'file pool', SIZE)
    const rates = await interleave(
      repetitions,
      {
        ...sides,
        connection: () => connection.rate(appends),
        pool: () => pool.rate(appends),
      },
      until,
    )
    return [
      ...rows(rates),
      against(
        connection.peer,
        row(
          'append-batches-emmett-connection',
          'appends of 100: to emmett-sqlite, one connection',
          ratioOf(rates.tidemark, rates.connection),
          'x',
          { atLeast: 3 },
          retriesNote(connection),
        ),
      ),
      against(
        pool.peer,
        row(
          'append-batches-emmett-pool',
          'appends of 100: to emmett-sqlite, file pool',
          ratioOf(rates.tidemark, rates.pool),
          'x',
          { atLeast: 3 },
          retriesNote(pool),
        ),
      ),
    ]
  },
}
