// Appends without a pause until it is told to stop; then it answers how many events were acknowledged. Arguments: the
// storage's URL, and how many streams it writes.
import { eventStore } from '../../../src/core/events/event-store.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { events } from '../projecting/projections.ts'

process.once('disconnect', () => process.exit(1))
const [url, streams] = process.argv.slice(2) as [string, string]
const storage = await openStorage(url)
const log = eventStore(storage, events)
let going = true
let acknowledged = 0
process.once('message', () => {
  going = false
})
process.send?.('ready')

for (let i = 0; going; i++) {
  const stream = `count:${i % Number(streams)}`
  const size = 1 + (i % 3)
  const news =
    i % 97 === 96
      ? [{ type: 'Reset' as const, data: {} }]
      : Array.from({ length: size }, (_, k) => ({ type: 'Counted' as const, data: { amount: i + k } }))
  await log.append(stream, news, { expectedVersion: 'any' })
  acknowledged += news.length
  // So that the views of one stream stay small enough to be folded under load.
  await new Promise((resolve) => setTimeout(resolve, 2))
}
await storage.close()
process.send?.(acknowledged, () => process.disconnect())
