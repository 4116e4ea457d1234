// Projects until it is told to stop, killed, or its parent is gone. Arguments: the storage's URL, the worker's id, the
// duration of its leases, and how often it looks at them.
import { openStorage } from '../../../src/open/open-storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { totals, versions } from '../projecting/projections.ts'

const gone = () => process.exit(1)
process.once('disconnect', gone)
const [url, workerId, duration, poll] = process.argv.slice(2) as [string, string, string, string]
const storage = await openStorage(url)
const options = { workerId, leaseDuration: Number(duration), pollInterval: Number(poll), pageSize: 50 }
const processor = await startProcessor(storage, [versions, totals], options)
process.once('message', async () => {
  await processor.stop()
  await storage.close()
  process.off('disconnect', gone)
  process.disconnect()
})
process.send?.('ready')
