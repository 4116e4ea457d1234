import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { openMongo } from '../../../src/mongo.ts'
import { below } from '../../../src/testing/conformance/support/random.ts'
import { Follower } from '../crash/check.ts'
import { newDatabaseName } from '../mongo/server.ts'
import { beginCast } from './cast.ts'
import { ending } from './ending.ts'
import { watchLeases } from './lease-watch.ts'
import type { Harm } from './process.ts'
import { PACE, type Trouble, tell, type World } from './world.ts'
import { createWriters } from './writers.ts'

/** What is run; the seed decides the rest, though not how all that runs at once meets. */
export type RunOptions = {
  readonly server: string
  readonly seed: number
  readonly slots: number
  /** Whether everything that can go wrong does, and often; by default the seed decides. */
  readonly everything?: boolean
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

const WORST: Harm = {
  chances: { cutBefore: 0.02, cutAfter: 0.02, dropAnswer: 0.005, delay: 0.2 },
  crash: 0.02,
}

/**
 * Lets processes append, read and project over one database, in real time, while commands are cut off, answers are
 * lost, clocks jump and processes die half way; then lets all of that end and looks whether everything is as it should
 * be.
 */
export async function runUnderFaults(options: RunOptions): Promise<RunReport> {
  const { server, seed, slots, everything = false, interpose = (given) => given } = options
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
    const cast = beginCast(world, writers, everything ? WORST : drawHarm(random), interpose)
    const end = Date.now() + (everything ? PACE.longest : PACE.shortest + below(random, PACE.longest - PACE.shortest))
    const following = follow(world, follower)
    while (Date.now() < end) {
      await sleep(below(random, PACE.trouble))
      cast.trouble()
    }
    isOver = true
    await Promise.all([cast.writersDone(), following])
    await ending(world, { port, database, follower, writers, stop: cast.stop })
    await leases.close()
    return { failures, troubles: world.troubles, appends: writers.attempts.length }
  } finally {
    await port.close()
    await database.dropDatabase()
  }
}

/** Reads the feed on while LSNs are given. */
async function follow(world: World, follower: Follower): Promise<void> {
  try {
    for (; !world.isOver; await sleep(below(world.random, PACE.look))) await follower.read()
  } catch (error) {
    world.fail(`who follows the feed met ${tell(error)}`)
  }
}

function drawHarm(random: () => number): Harm {
  const upTo = (most = 0) => (random() < 0.3 ? 0 : random() * most)
  const { chances, crash } = WORST
  const drawn = Object.fromEntries(Object.entries(chances).map(([fate, most]) => [fate, upTo(most)]))
  return { chances: drawn, crash: upTo(crash) }
}
