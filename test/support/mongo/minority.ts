import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { openMongo } from '../../../src/mongo.ts'
import { someEvents } from '../embedded/events.ts'
import type { ReplicaSet } from './replica-set.ts'
import { newDatabaseName } from './server.ts'

/** What somebody was told by a primary that no other member heard any more, and what was so afterwards. */
export type Minority = {
  /** The version of a stream that a reader was told, while version 2 was on its way. */
  readonly read: number
  /** Whether the append of version 2 was acknowledged. */
  readonly acknowledged: boolean
  /** What that append came to in the end. */
  readonly version: number
  /** The events of the stream in the end. */
  readonly events: readonly string[]
}

// Milliseconds; less than what a primary needs to find out that it is alone.
const ALONE = 800

/** Appends to a primary, and reads from it, that is cut off from the others, and then is gone while they go on. */
export async function askMinority(set: ReplicaSet): Promise<Minority> {
  const database = newDatabaseName()
  await using one = new MongoClient(set.uri)
  await using two = new MongoClient(set.uri)
  await set.whole()
  const primary = await set.primary()
  await using writer = await openMongo(one, { database, slots: 1 })
  await using reader = await openMongo(two, { database })
  await writer.events.append('a:1', someEvents(1), { expectedVersion: 0 })
  await reader.events.load('a:1')
  const others = set.members.filter((member) => member !== primary)
  let acknowledged = false
  try {
    for (const other of others) other.signal('SIGSTOP')
    const appending = writer.events.append('a:1', someEvents(1), { expectedVersion: 1 })
    appending.then(
      () => {
        acknowledged = true
      },
      () => {},
    )
    await sleep(ALONE)
    const { version: read } = await reader.events.load('a:1')
    const wasAcknowledged = acknowledged
    await primary.kill()
    for (const other of others) other.signal('SIGCONT')
    const { version } = await appending
    await set.primary()
    const { events } = await reader.events.load('a:1')
    return { read, acknowledged: wasAcknowledged, version, events: events.map(({ id }) => id) }
  } finally {
    for (const other of others) other.signal('SIGCONT')
    await primary.start()
  }
}
