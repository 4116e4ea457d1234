import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore } from '../../../src/index.ts'
import { type EmmettConcurrency, emmettConcurrency } from '../../support/emmett/concurrency.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type BenchContext, type Measure, type Row, row } from '../../support/measure.ts'
import { openRawLog } from '../../support/raw-log.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { versionedStreams } from '../../support/versioned-streams.ts'

const APPENDERS = 64
const STREAMS_EACH = 16

/**
 * 64 appenders, each with one append of one event under way at any time, against a loop that commits groups of 64.
 * Every append names the version that it expects, and both sides write the same rows.
 */
export const appendConcurrent: Measure = {
  id: 'append-concurrent',
  title: `durable appends, ${APPENDERS} concurrent appenders, one event each, version checked`,
  emmett: 'sqlite',

  async run(context) {
    const { folder, quick, repetitions, until } = context
    const each = quick ? 150 : 1_500
    await using storage = await openEmbedded(join(folder, 'tidemark'))
    using raw = openRawLog(join(folder, 'raw'))
    const store = eventStore(storage, readingEvents)
    const events = sampleEvents(1_000)
    const appenders = Array.from({ length: APPENDERS }, (_, i) => versionedStreams(`${i}`, STREAMS_EACH))
    const rawAppenders = Array.from({ length: APPENDERS }, (_, i) => versionedStreams(`${i}`, STREAMS_EACH))

    const { ours, theirs } = await interleave(
      repetitions,
      {
        async ours() {
          const before = performance.eventLoopUtilization()
          const time = await seconds(() =>
            Promise.all(
              appenders.map(async (streams, appender) => {
                for (let i = 0; i < each; i++) {
                  const stream = streams.next()
                  const event = events[(i * APPENDERS + appender) % events.length] as (typeof events)[number]
                  const { version } = await store.append(stream.id, [event], { expectedVersion: stream.version })
                  stream.version = version
                }
              }),
            ),
          )
          const busy = performance.eventLoopUtilization(before).utilization * 100
          return { rate: (APPENDERS * each) / time, busy }
        },

        async theirs() {
          const time = await seconds(() => {
            for (let i = 0; i < each; i++) {
              raw.commit(() => {
                for (const [appender, streams] of rawAppenders.entries()) {
                  const stream = streams.next()
                  const event = events[(i * APPENDERS + appender) % events.length] as (typeof events)[number]
                  raw.append(stream.id, [event], stream.version++)
                }
              })
            }
          })
          return (APPENDERS * each) / time
        },
      },
      until,
    )

    const rates = ours.map(({ rate }) => rate)
    return [
      against(
        raw.peer,
        row('append-concurrent', '64 appenders: to raw groups of 64', ratioOf(rates, theirs), 'x', { atLeast: 0.75 }),
      ),
      row(
        'append-concurrent-loop-busy',
        '64 appenders: main event loop busy',
        summarise(ours.map(({ busy }) => busy)),
        '%',
        { below: 35 },
      ),
      row('append-concurrent-rate', '64 appenders: events a second', summarise(rates), '/s'),
      row('append-concurrent-raw-rate', '64 appenders: raw, events a second', summarise(theirs), '/s'),
      ...(await emmettRows(context)),
    ]
  },
}

async function emmettRows({ folder, quick, emmett, progress }: BenchContext): Promise<Row[]> {
  if (emmett === null) return []
  progress('what emmett-sqlite does with them')
  const time = quick ? 1 : 2
  const rows: Row[] = []
  for (const [id, mode] of [['connection', 'one connection'] as const, ['pool', 'file pool'] as const]) {
    const found = await emmettConcurrency(folder, mode, APPENDERS, time)
    rows.push({
      id: `append-concurrent-emmett-${id}`,
      label: `64 appenders: emmett, ${mode}, events a second kept`,
      value: found.kept / time,
      unit: '/s',
      aim: null,
      spread: null,
      peer: found.peer,
      note: describe(mode, time, found),
    })
  }
  return rows
}

function describe(mode: string, time: number, { acknowledged, kept, errors }: EmmettConcurrency): string {
  const met = Object.entries(errors).map(([name, count]) => `${count} x ${name}`)
  return (
    `emmett-sqlite on ${mode}, killed after ${time} s: ${acknowledged} appends acknowledged, ${kept} of them in the ` +
    `file afterwards; errors: ${met.join(', ') || 'none'}`
  )
}
