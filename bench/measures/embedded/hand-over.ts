import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore } from '../../../src/index.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { readingEvent, readingEvents } from '../../support/sample-events.ts'
import { summarise } from '../../support/statistics.ts'
import { isShared, startWorker, until, type Worker } from '../../support/workers/processes.ts'

const WORKERS = 4
const NAME = 'hand-over'

// So many streams lie in every range.
const STREAMS = 64

/**
 * Kills one of four workers, each of which has one of four ranges, and appends to all ranges: until the views hold these
 * events, the dead worker's range included, is the hand-over. Then another worker takes its place.
 */
export const handOver: Measure = {
  id: 'hand-over',
  title: 'one of four worker processes is killed',

  async run({ folder, quick, repetitions, until: end, progress }) {
    const lease = quick ? 1_000 : 5_000
    const kills = quick ? 2 : repetitions
    const poll = quick ? 333 : 1_000
    await using storage = await openEmbedded(folder, { ranges: WORKERS })
    const store = eventStore(storage, readingEvents)
    const projection = consumptionProjection(NAME)
    const begin = { projection: NAME, hot: false, lease, poll, ranges: 'all' } as const
    let born = 0
    const bear = async () => {
      const worker = await startWorker(folder, `w${++born}`)
      await worker.ask({ begin })
      await worker.ask({ go: true })
      return worker
    }
    const workers: Worker[] = []
    await using _all = {
      [Symbol.asyncDispose]: async () => void (await Promise.all(workers.map((w) => w[Symbol.asyncDispose]()))),
    }
    workers.push(...(await Promise.all(Array.from({ length: WORKERS }, bear))))

    const appendAndSee = () =>
      Promise.all(
        Array.from({ length: STREAMS }, async (_, n) => {
          const event = readingEvent(n)
          const { position } = await store.append(`reading:${event.data.meterId}`, [event], { expectedVersion: 'any' })
          await storage.views.waitFor(projection, event.data.meterId, position, { timeout: 60_000 })
        }),
      )
    const times: number[] = []
    while (times.length === 0 || (times.length < kills && performance.now() < end)) {
      await until(async () => isShared(await storage.leases.list({ projection: NAME }), WORKERS))
      await appendAndSee()
      progress(`kill ${times.length + 1}`)
      const victim = workers.shift()
      times.push(
        await seconds(async () => {
          await victim?.kill()
          await appendAndSee()
        }),
      )
      if (times.length < kills) workers.push(await bear())
    }
    const label = `kill of one of ${WORKERS} workers, lease ${lease} ms, poll ${poll} ms: until its range is projected`
    return [
      row('hand-over', label, summarise(times.map((time) => time * 1000)), 'ms'),
      against(
        'the time that a lease lasts',
        row('hand-over-ratio', `${label}, to the lease`, summarise(times.map((time) => (time * 1000) / lease)), 'x'),
      ),
    ]
  },
}
