import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { someEvents } from './events.ts'

// Appends to streams of its own until it is disconnected, then prints how many events each of them has.
const [, , folder = '', name = ''] = process.argv
const storage = await openEmbeddedPort(folder)
const versions: Record<string, number> = {}
let running = true
process.once('disconnect', () => {
  running = false
})
process.send?.('ready')
for (let i = 0; running; i++) {
  const id = `${name}:${i % 37}`
  const events = someEvents(1 + (i % 5), { text: 'x'.repeat(i % 300) })
  versions[id] = (await storage.events.append(id, events, { expectedVersion: versions[id] ?? 0 })).version
}
await storage.close()
console.log(JSON.stringify(versions))
