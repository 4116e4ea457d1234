// Appends at a steady pace, whatever the answers do, and waits for the view of each append. It tells its parent how long
// each view took to become visible, in milliseconds from the append's acknowledgement.
//
// Arguments: the storage's URL, appends a second, seconds.
import { setTimeout as sleep } from 'node:timers/promises'
import { eventStore } from '../../src/index.ts'
import { openStorage } from '../../src/open/open-storage.ts'
import { consumptionProjection } from '../support/consumption.ts'
import { meterOf, readingEvent, readingEvents } from '../support/sample-events.ts'

const [url, rate, duration] = process.argv.slice(2).map((text, i) => (i === 0 ? text : Number(text))) as [
  string,
  number,
  number,
]
const WARM_UP = 200
const storage = await openStorage(url)
const store = eventStore(storage, readingEvents)
const projection = consumptionProjection('consumption')
const visible: number[] = []
const acknowledged: number[] = []

async function appendAndWait(n: number, due: number): Promise<void> {
  const event = readingEvent(n)
  const { position } = await store.append(`reading:${meterOf(n)}`, [event], { expectedVersion: 'any' })
  const committed = performance.now()
  const view = await storage.views.waitFor(projection, meterOf(n), position, { timeout: 30_000 })
  if (view === null) throw new Error(`The view of event ${n} is missing`)
  visible.push(performance.now() - committed)
  acknowledged.push(committed - due)
}

// A parent that is gone waits for nothing.
process.once('disconnect', () => process.exit())
// Before the clock starts, the code is compiled.
for (let n = 0; n < WARM_UP; n++) await appendAndWait(n, performance.now())
visible.length = 0
acknowledged.length = 0

const start = performance.now()
const count = rate * duration
const under: Promise<void>[] = []
for (let n = 0; n < count; ) {
  const due = start + (n * 1000) / rate
  // Timers are late by a millisecond or so; what is due by then is sent at once, and its lateness is told.
  if (performance.now() < due) await sleep(1)
  else under.push(appendAndWait(n++, due))
}
await Promise.all(under)
const seconds = (performance.now() - start) / 1000
await storage.close()
process.send?.({ visible, acknowledged, rate: count / seconds })
process.disconnect?.()
