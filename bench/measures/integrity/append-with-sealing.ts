import { join } from 'node:path'
import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore, startProcessor } from '../../../src/index.ts'
import { openChain, sealing } from '../../../src/integrity/index.ts'
import { ORIGIN } from '../../support/integrity/sealed-log.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const APPENDERS = 64

// Milliseconds, a fifth of the default, so that a short round seals most of its events before it ends.
const MAX_AGE = 1_000

/**
 * Durable appends while a processor in the same process seals them, beside the same appends without one. The processor
 * runs in the rounds of its side alone: otherwise the other side would wait for it, too.
 */
export const appendWithSealing: Measure = {
  id: 'integrity-append',
  title: `durable appends of ${APPENDERS} concurrent appenders, while a processor seals them`,

  async run({ folder, quick, repetitions, until }) {
    const each = quick ? 150 : 400
    await using sealed = await openEmbedded(join(folder, 'sealed'))
    await using plain = await openEmbedded(join(folder, 'plain'))
    const chain = await openChain(sealed, { origin: ORIGIN })
    const stores = { sealed: eventStore(sealed, readingEvents), plain: eventStore(plain, readingEvents) }
    const events = sampleEvents(APPENDERS * each)
    const append = (side: keyof typeof stores) =>
      seconds(() =>
        Promise.all(
          Array.from({ length: APPENDERS }, async (_, appender) => {
            for (let i = 0; i < each; i++) {
              const event = events[appender * each + i] as (typeof events)[number]
              await stores[side].append(`meter:${appender}`, [event], { expectedVersion: 'any' })
            }
          }),
        ),
      )
    const sealedEvents = async () => (await chain.writer()).state.events
    const { ours, plain: without } = await interleave(
      repetitions,
      {
        async ours() {
          const before = await sealedEvents()
          const processor = await startProcessor(sealed, [sealing(chain, { maxAge: MAX_AGE })])
          const time = await append('sealed')
          const share = (await sealedEvents()) - before
          await processor.stop()
          await chain.sealNow()
          return { time, share: (100 * share) / events.length }
        },
        plain: () => append('plain'),
      },
      until,
    )
    const times = ours.map(({ time }) => time)
    return [
      against(
        'the same appends without sealing',
        row(
          'integrity-append',
          `${APPENDERS} appenders, while their events are sealed: to without`,
          ratioOf(without, times),
          'x',
          { atLeast: 0.95 },
        ),
      ),
      row(
        'integrity-append-rate',
        'the same: events a second',
        summarise(times.map((time) => events.length / time)),
        '/s',
      ),
      row(
        'integrity-append-sealed',
        'the same: events that are sealed when the last one is appended',
        summarise(ours.map(({ share }) => share)),
        '%',
      ),
    ]
  },
}
