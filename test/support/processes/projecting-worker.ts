// Projects until it is killed, or until its parent is gone. Argument: the folder.
import { openEmbedded } from '../../../src/open/embedded.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { totals, versions } from '../projecting/projections.ts'

process.once('disconnect', () => process.exit(1))
const [folder] = process.argv.slice(2) as [string]
const storage = await openEmbedded(folder)
await startProcessor(storage, [versions, totals], { pageSize: 50, leaseDuration: 300 })
process.send?.('ready')
