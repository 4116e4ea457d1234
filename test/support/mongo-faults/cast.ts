import { setTimeout as sleep } from 'node:timers/promises'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { Processor } from '../../../src/processor/processor.ts'
import { below } from '../../../src/testing/conformance/support/random.ts'
import { beginProcess, type Harm, type Process } from './process.ts'
import { startWorker } from './workers.ts'
import { note, PACE, tell, type World } from './world.ts'
import type { Writers } from './writers.ts'

/** Those who append and those who project. */
export type Cast = {
  /** Something befalls somebody. */
  trouble(): void
  /** Waits until nobody appends any more, when all is over. */
  writersDone(): Promise<void>
  /** Stops the workers in order, and closes everything. */
  stop(): Promise<void>
}

const WRITERS = ['p1', 'p2']
const WORKERS = ['w1', 'w2']
const APPENDERS = 5

// Where clocks jump, they are wrong by this many milliseconds at most. Leases stand a little of it.
const JUMP = { writer: 120_000, worker: PACE.lease / 4 } as const

/** Begins them: in each place, one process runs after the other. */
export function beginCast(
  world: World,
  writers: Writers,
  harm: Harm,
  interpose: (port: StoragePort) => StoragePort,
): Cast {
  const { random } = world
  const running = new Map<string, Process>()
  const processors = new Set<Processor>()
  const all: Process[] = []
  const writing: Promise<unknown>[] = []
  let stopped = false

  const beginIn = async (place: string, life: number) => {
    const process = await beginProcess(world, `${place}.${life}`, harm, interpose)
    all.push(process)
    running.set(place, process)
    return process
  }
  const lifeOfWriter = async (place: string, life: number) => {
    const process = await beginIn(place, life)
    const written = writers.write(process, APPENDERS)
    writing.push(written)
    await Promise.race([written, process.killed])
  }
  const lifeOfWorker = async (place: string, life: number) => {
    const process = await beginIn(place, life)
    const processor = await Promise.race([startWorker(world, process), process.killed])
    if (!processor) return
    processors.add(processor)
    await process.killed
    processors.delete(processor)
  }
  const live = async (place: string, from: (place: string, life: number) => Promise<void>, isDone: () => boolean) => {
    for (let life = 1; !isDone(); life++) {
      await from(place, life).catch((error) => {
        // Whom nobody answers is started again by whoever watches over him.
        if (!(error instanceof StorageUnavailable)) world.fail(`${place}.${life} met ${tell(error)}`)
      })
      running.delete(place)
      await sleep(below(random, PACE.restart))
    }
  }
  const lives = WRITERS.map((place) => live(place, lifeOfWriter, () => world.isOver))
  for (const place of WORKERS) void live(place, lifeOfWorker, () => stopped)

  return {
    trouble() {
      for (const [place, process] of running) {
        const draw = random()
        if (draw < 0.2) {
          note(world, 'jump')
          const most = WRITERS.includes(place) ? JUMP.writer : JUMP.worker
          process.clock.skew = below(random, 2 * most) - most
        } else if (draw < 0.4) {
          note(world, 'outage')
          process.cut()
        } else if (draw < 0.5) {
          note(world, 'pause')
          process.clock.pause(below(random, PACE.pause))
        }
      }
    },
    async writersDone() {
      await Promise.all(lives)
      await Promise.all(writing)
    },
    async stop() {
      stopped = true
      await Promise.all([...processors].map((processor) => processor.stop()))
      await Promise.all(all.map((process) => process.close()))
    },
  }
}
