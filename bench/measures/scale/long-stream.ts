import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore } from '../../../src/index.ts'
import { type Measure, row } from '../../support/measure.ts'
import { startProcess } from '../../support/process.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { summarise } from '../../support/statistics.ts'

const EVENTS = 1_000_000
const APPEND = 1_000

/** The memory that reading a long stream from its beginning to its end takes. */
export const scaleLongStream: Measure = {
  id: 'scale-long-stream',
  title: 'memory that reading a stream of a million events takes',

  async run({ folder, quick, progress }) {
    const count = quick ? EVENTS / 10 : EVENTS
    {
      await using storage = await openEmbedded(folder)
      const store = eventStore(storage, readingEvents)
      const events = sampleEvents(APPEND)
      for (let at = 0; at < count; at += APPEND) {
        if (at % (count / 4) === 0) progress(`${at.toLocaleString('en-US')} of ${count.toLocaleString('en-US')} events`)
        await store.append('meter:1', events, { expectedVersion: at })
      }
    }
    await using reader = startProcess('processes/stream-reader.ts', [folder, 'meter:1'])
    const { events, bytes } = await reader.message<{ events: number; bytes: number }>()
    if (events !== count) throw new Error(`Read ${events} events of ${count}`)
    const label = `reading a stream of ${count.toLocaleString('en-US')} events: memory beyond that of an open folder`
    return [row('scale-long-stream', label, summarise([bytes / 1e6]), 'MB', { below: 200 })]
  },
}
