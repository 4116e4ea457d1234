// Projects until it is killed, or until its parent is gone. Argument: the storage's URL.
import { openStorage } from '../../../src/open/open-storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { totals, versions } from '../projecting/projections.ts'

process.once('disconnect', () => process.exit(1))
const [url] = process.argv.slice(2) as [string]
const storage = await openStorage(url)
await startProcessor(storage, [versions, totals], { pageSize: 50, leaseDuration: 300 })
process.send?.('ready')
