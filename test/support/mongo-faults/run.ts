import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { openMongo } from '../../../src/open/mongo.ts'
import { below } from '../../../src/testing/conformance/support/random.ts'
import { Follower } from '../crash/check.ts'
import { newDatabaseName } from '../mongo/server.ts'
import { beginCast } from './cast.ts'
import { ending } from './ending.ts'
import { watchLeases } from './lease-watch.ts'
import { PACE, type Trouble, type World } from './world.ts'
import { createWriters } from './writers.ts'

/** What is run; the seed decides the rest, though not how all that runs at once meets. */
export type RunOptions = {
  readonly server: string
  readonly seed: number
  readonly slots: number
  /** Puts something between every process and its storage, something that is broken on purpose, say. */
  readonly interpose?: (port: StoragePort) => StoragePort
}

/** What came of a run. */
export type RunReport = {
  /** What must not be; empty when all is well. */
  readonly failures: readonly string[]
  readonly troubles: ReadonlyMap<Trouble, number>
  readonly appends: number
}

/**
 * Lets processes append, read and project over one database, in real time, while commands are cut off, answers are
 * lost, clocks jump and processes die half way; then lets all of that end and looks whether everything is as it should
 * be.
 */
export async function runUnderFaults({ server, seed, slots, interpose }: RunOptions): Promise<RunReport> {
  const random = randomFrom(Math.imul(seed + 1, 0x9e3779b1))
  const failures: string[] = []
  let isOver = false
  const world: World = {
    server,
    database: newDatabaseName(),
    random,
    troubles: new Map(),
    get isOver() {
      return isOver
    },
    fail: (failure) => void failures.push(failure),
  }
  await using client = new MongoClient(server)
  const database = client.db(world.database)
  const port = await openMongo(client, { database: world.database, slots, pollInterval: PACE.poll })
  try {
    const leases = await watchLeases(database, world.fail)
    const follower = new Follower(port)
    const writers = createWriters(world)
    const cast = beginCast(world, writers, interpose ?? ((given) => given))
    const end = Date.now() + PACE.shortest + below(random, PACE.longest - PACE.shortest)
    while (Date.now() < end) {
      await sleep(below(random, PACE.trouble))
      cast.trouble()
      await follower.read()
    }
    isOver = true
    await cast.writersDone()
    await ending(world, { port, database, follower, writers, stop: cast.stop })
    await leases.close()
    return { failures, troubles: world.troubles, appends: writers.attempts.length }
  } finally {
    await port.close()
    await database.dropDatabase()
  }
}
