import { openEmbedded } from '../../../src/embedded.ts'
import { defineReaction, startProcessor } from '../../../src/index.ts'
import type { Reaction } from '../../../src/reactions/reaction.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { readingEvents } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

type Storage = Awaited<ReturnType<typeof openEmbedded>>

// Milliseconds of a call of the destination: a broker on this machine.
const CALL = 1

const call = () => new Promise<void>((resolve) => setTimeout(resolve, CALL))

/**
 * Reacts to each event of one feed, every round under a new name: one by one, 16 at once, and in batches of 100. A call
 * of the destination takes one millisecond, be it for one event or for a batch.
 */
export const reactions: Measure = {
  id: 'reactions',
  title: 'reacting to events with calls of 1 ms',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 1_000 : 10_000
    await using storage = await openEmbedded(folder, { ranges: 1 })
    progress(`appending ${count.toLocaleString('en-US')} events`)
    await seedEvents(storage, count)

    async function rateOf(define: (handled: (events: number) => void) => Reaction): Promise<number> {
      let handled = 0
      const done = Promise.withResolvers<void>()
      const reaction = define((events) => {
        handled += events
        if (handled === count) done.resolve()
      })
      const time = await seconds(() => run(storage, reaction, done.promise))
      if (handled !== count) throw new Error(`${reaction.name} handled ${handled} events of ${count}`)
      return count / time
    }

    const oneByOne = (name: string, concurrency: number) => (handled: (events: number) => void) =>
      defineReaction(name, {
        events: readingEvents,
        from: 'start',
        concurrency,
        on: {
          ReadingTaken: async () => {
            await call()
            handled(1)
          },
        },
      })

    const { one, sixteen, batches } = await interleave(
      repetitions,
      {
        one: (round) => rateOf(oneByOne(`one-${round}`, 1)),
        sixteen: (round) => rateOf(oneByOne(`sixteen-${round}`, 16)),
        batches: (round) =>
          rateOf((handled) =>
            defineReaction(`batches-${round}`, {
              events: readingEvents,
              from: 'start',
              concurrency: 1,
              batch: { most: 100 },
              handle: async (events) => {
                await call()
                handled(events.length)
              },
            }),
          ),
      },
      until,
    )
    return [
      row('reactions', 'batches of 100 to one by one', ratioOf(batches, one), 'x', { atLeast: 5 }),
      row('reactions-batches-rate', 'in batches of 100: events a second', summarise(batches), '/s'),
      row('reactions-16-rate', '16 at once: events a second', summarise(sixteen), '/s'),
      row('reactions-one-rate', 'one by one: events a second', summarise(one), '/s'),
    ]
  },
}

/** Runs a reaction until it has handled everything, and that is stored. */
async function run(storage: Storage, reaction: Reaction, done: Promise<void>): Promise<void> {
  await using _running = await startProcessor(storage, [reaction], { onError: (error) => console.error(error) })
  await done
}
