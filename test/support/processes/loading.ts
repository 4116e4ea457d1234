// Appends and reads until it is told to stop, whatever goes wrong with the storage meanwhile; then it answers what was
// acknowledged. Arguments: the storage's URL, the load's name, how many appenders, streams, and milliseconds between two
// appends of one.
import { openStorage } from '../../../src/open/open-storage.ts'
import { startLoad } from '../load.ts'

const gone = () => process.exit(1)
process.once('disconnect', gone)
const [url, name, appenders, streams, pause] = process.argv.slice(2) as [string, string, string, string, string]
const storage = await openStorage(url)
const options = { name, appenders: Number(appenders), streams: Number(streams), pause: Number(pause) }
const load = startLoad(storage, options)
process.once('message', async () => {
  const acknowledged = await load.stop()
  await storage.close()
  process.off('disconnect', gone)
  process.send?.(acknowledged, () => process.disconnect())
})
process.send?.('ready')
