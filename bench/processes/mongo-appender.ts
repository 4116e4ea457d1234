// Appends with 64 appenders, as many events as its parent asks, and answers how many a second that was; again and
// again, until its parent lets go of it.
//
// Arguments: the storage's URL, what the names of its streams begin with.
import { eventStore } from '../../src/index.ts'
import { openStorage } from '../../src/open/open-storage.ts'
import { appendersOf } from '../support/mongo/appenders.ts'
import { readingEvents } from '../support/sample-events.ts'

const [url, prefix] = process.argv.slice(2) as [string, string]
const storage = await openStorage(url)
const store = eventStore(storage, readingEvents)
const appenders = appendersOf(prefix, 64, (id, event, expectedVersion) =>
  store.append(id, [event], { expectedVersion }),
)
process.on('message', async (count) => process.send?.(await appenders.rate(Number(count))))
process.once('disconnect', () => storage.close())
process.send?.({ ready: true })
