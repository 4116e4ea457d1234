import { CosmosClient } from '@azure/cosmos'
import { openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { createLine, type Line } from './event-line.ts'
import { createProcessClock, type ProcessClock } from './process-clock.ts'
import { traced } from './traced.ts'
import { DATABASE, PACE, type World } from './world.ts'

/** A process as the storage sees it: a line to the emulator, a clock, and handles of its own. */
export type Process = {
  readonly name: string
  readonly clock: ProcessClock
  readonly line: Line
  /** @param deadline milliseconds that one call may take */
  open(deadline?: number): Promise<StoragePort>
  /** Ends it at once: nothing that it waits for comes any more. */
  crash(): void
  /** Closes what was opened. */
  close(): Promise<void>
}

/** Begins a process. @param isFaulty whether anything happens to it */
export function beginProcess(world: World, name: string, isFaulty: boolean): Process {
  const clock = createProcessClock(world.clock)
  const line = createLine(world, clock, isFaulty)
  const { endpoint, key } = world.emulator
  const client = new CosmosClient({ endpoint, key, httpClient: line })
  const ports: StoragePort[] = []
  return {
    name,
    clock,
    line,
    async open(deadline = 60_000) {
      const { append } = world
      const options = { database: DATABASE, append, deadline, pollInterval: PACE.poll, clock, timing: clock }
      const port = await openCosmosPort(client, options)
      ports.push(port)
      return traced(world.trail, name, world.interpose(port))
    },
    crash() {
      clock.kill()
      client.dispose()
    },
    async close() {
      for (const port of ports) await port.close()
      clock.kill()
      client.dispose()
    },
  }
}
