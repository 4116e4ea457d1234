import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { eventMark } from '../../../src/core/positions/log-identity.ts'
import { someEvents } from './events.ts'

// Appends, saves a view of each append, and is killed: both files have their last commits in write-ahead logs.
const [, , folder = ''] = process.argv
const storage = await openEmbeddedPort(folder)
const view = { projection: 'p', version: 1, incarnation: storage.incarnation }
for (let n = 1; n <= 100; n++) {
  const events = someEvents(1, { text: 'x'.repeat(200) })
  const { position } = await storage.events.append(`a:${n}`, events, { expectedVersion: 0 })
  const at = (await storage.events.locate(position))[0]?.at
  if (at === undefined || typeof at === 'string') throw new Error('An event has no place')
  const event = eventMark(events[0]?.metadata.eventId as string)
  const tidemarks = [{ min: '', max: 'FF', ...at, event }]
  await storage.viewStore.save({ ...view, id: `p:1:${n}`, key: `${n}`, data: { n }, tidemarks }, 'ifAbsent')
}
process.stdout.write('done', () => process.kill(process.pid, 'SIGKILL'))
