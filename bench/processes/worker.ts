// A worker with the benchmarks' projection, until its parent lets go of it.
//
// Argument: the storage's URL.
import { startProcessor } from '../../src/index.ts'
import { openStorage } from '../../src/open/open-storage.ts'
import { consumptionProjection } from '../support/consumption.ts'

const [url] = process.argv.slice(2) as [string]
const storage = await openStorage(url)
const processor = await startProcessor(storage, [consumptionProjection('consumption')], {
  onError: (error) => console.error(error),
})
process.once('disconnect', async () => {
  await processor.stop()
  await storage.close()
})
process.send?.({ ready: true })
