import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { someEvents } from './events.ts'

// Appends to a storage, closes it, and ends by itself: nothing but the close keeps the process alive until then.
const [, , folder = ''] = process.argv
const storage = await openEmbeddedPort(folder)
const { version } = await storage.events.append('a:1', someEvents(2), { expectedVersion: 'any' })
await storage.close()
process.stdout.write(`${version}`)
