import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { someEvents } from './events.ts'

// Appends to a storage and is killed before it can close it: what was acknowledged lies in the write-ahead log alone.
const [, , folder = ''] = process.argv
const storage = await openEmbeddedPort(folder)
const { version } = await storage.events.append('a:1', someEvents(2), { expectedVersion: 'any' })
process.stdout.write(`${version}`, () => process.kill(process.pid, 'SIGKILL'))
