// Reads one stream of a folder from its beginning to its end, and answers how many events there were, and by how much the
// most memory that the process took exceeds what it took before, in bytes. A process of its own, because memory is
// counted by process.
//
// Arguments: folder, stream.
import { openEmbedded } from '../../src/embedded.ts'

// In KiB.
const mostMemory = () => process.resourceUsage().maxRSS * 1024

const [folder, stream] = process.argv.slice(2) as [string, string]
await using storage = await openEmbedded(folder)
const before = mostMemory()
let events = 0
for await (const _ of storage.events.read(stream)) events++
process.send?.({ events, bytes: mostMemory() - before })
process.disconnect()
