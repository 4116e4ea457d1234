import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { someEvents } from './events.ts'

// Uses a storage and does not close it: the process must end by itself all the same.
const [, , folder = ''] = process.argv
const storage = await openEmbeddedPort(folder)
const woken = storage.feed.changed(new AbortController().signal)
const { version } = await storage.events.append('a:1', someEvents(1), { expectedVersion: 0 })
console.log(`appended ${version}`)
await woken
console.log('woken')
