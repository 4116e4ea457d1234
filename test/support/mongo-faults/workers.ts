import type { StoragePort } from '../../../src/core/port/storage.ts'
import { type Processor, startProcessor } from '../../../src/processor/processor.ts'
import { totals, versions } from '../projecting/projections.ts'
import type { Process } from './process.ts'
import { PACE, tell, type World } from './world.ts'

// What a worker may tell of while the storage is at its worst. Everything else is a mistake of somebody.
const EXPECTED = ['StorageUnavailable', 'StorageBusy', 'ViewContended']

/** Starts a worker in a process. */
export function startWorker(world: World, { name, port, clock }: Process): Promise<Processor> {
  return startProcessor(port as StoragePort, [versions, totals], {
    workerId: name,
    clock,
    random: world.random,
    pageSize: 20,
    leaseDuration: PACE.lease,
    pollInterval: PACE.poll,
    onError(error) {
      const { code = 'no code' } = error as { readonly code?: unknown }
      if (!EXPECTED.includes(String(code))) world.fail(`${name} met ${tell(error)}`)
    },
  })
}
