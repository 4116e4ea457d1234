// A worker with the benchmarks' projection, until its parent lets go of it.
//
// Argument: the folder.
import { startProcessor } from '../../src/index.ts'
import { openEmbedded } from '../../src/open/embedded.ts'
import { consumptionProjection } from '../support/consumption.ts'

const [folder] = process.argv.slice(2) as [string]
const storage = await openEmbedded(folder)
const processor = await startProcessor(storage, [consumptionProjection('consumption')], {
  onError: (error) => console.error(error),
})
process.once('disconnect', async () => {
  await processor.stop()
  await storage.close()
})
process.send?.({ ready: true })
