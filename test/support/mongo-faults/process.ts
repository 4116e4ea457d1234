import { MongoClient } from 'mongodb'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMongo } from '../../../src/mongo.ts'
import { below } from '../../../src/testing/conformance/support/random.ts'
import { createProcessClock, type ProcessClock } from '../cosmos-faults/process-clock.ts'
import { type Chances, faultsBySeed } from '../mongo/faults.ts'
import { proxyBefore } from '../mongo/through-proxy.ts'
import { note, PACE, type World } from './world.ts'

/** A process as the server sees it: a client behind a proxy of its own, a clock, and a handle. */
export type Process = {
  readonly name: string
  readonly clock: ProcessClock
  readonly port: StoragePort
  /** Resolves when it is killed. */
  readonly killed: Promise<void>
  /** Cuts its connections. */
  cut(): void
  /** Kills it: nothing of it reaches the server any more, and nothing that it waits for comes. */
  kill(): void
  /** Closes what was opened, also after a crash. */
  close(): Promise<void>
}

/** What goes wrong with the commands of a process. */
export type Harm = {
  readonly chances: Chances
  /** How likely it is killed at a command that writes. */
  readonly crash: number
}

const WRITES: ReadonlySet<string> = new Set(['commitTransaction', 'insert', 'update'])

/** Begins a process. @throws StorageUnavailable where its connections are cut too often */
export async function beginProcess(
  world: World,
  name: string,
  { chances, crash }: Harm,
  interpose: (port: StoragePort) => StoragePort,
): Promise<Process> {
  const { server, database, random } = world
  const clock = createProcessClock()
  const proxy = await proxyBefore(server)
  // A client that is closed looks for its server, too.
  const client = new MongoClient(proxy.uri(), { serverSelectionTimeoutMS: PACE.deadline })
  const killing = Promise.withResolvers<void>()
  const kill = () => {
    if (world.isOver || clock.isDead) return
    note(world, 'crash')
    clock.kill()
    killing.resolve()
    void proxy.close()
  }
  const faults = faultsBySeed(below(random, 2 ** 31), chances, { delay: PACE.held })
  proxy.decide((command) => {
    if (world.isOver || clock.isDead) return 'forward'
    // While the server has the command, or is about to answer it.
    if (WRITES.has(command) && random() < crash) setTimeout(kill, below(random, 5))
    const fate = faults(command)
    if (fate !== 'forward') note(world, typeof fate === 'string' ? fate : 'delay')
    return fate
  })
  let port: StoragePort | undefined
  const close = async () => {
    await port?.close()
    await client.close()
    if (!clock.isDead) await proxy.close()
    clock.kill()
  }
  try {
    port = await openMongo(client, { database, deadline: PACE.deadline, pollInterval: PACE.poll, clock })
  } catch (error) {
    await close()
    throw error
  }
  return { name, clock, port: interpose(port), killed: killing.promise, cut: proxy.cutAll, kill, close }
}
