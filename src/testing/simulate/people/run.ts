import type { StoragePort } from '../../../core/port/storage.ts'
import type { Projection } from '../../../projections/projection.ts'
import type { Ending } from '../checks/final-checks.ts'
import type { Line } from '../storage/network.ts'
import type { World } from '../world/world.ts'
import { createPeopleClients } from './clients.ts'
import { peopleEnding } from './final-checks.ts'
import { createPeopleLedger } from './ledger.ts'
import { createProcesses } from './processes.ts'
import { createPeopleProjections } from './projections.ts'
import { createPeopleReaders } from './readers.ts'
import { createVaults } from './vaults.ts'

/** The people of a run: their keys, the projections with their data, and the clients that write, read and forget. */
export type PeopleRun = {
  /** Opens the vault in a process. */
  open(port: StoragePort, line: Line): Promise<StoragePort>
  /** The projections of a process. @param isBroken whether handlers still fail at what they fail at */
  projections(isBroken: () => boolean): readonly Projection[]
  /** What happens at moments, and at most how often. */
  readonly happenings: readonly (readonly [most: number, happen: () => void])[]
  readonly ending: Ending
}

/** Creates the people of a run; `interpose` is between the clients and their storage. */
export async function createPeopleRun(
  world: World,
  random: () => number,
  interpose: (port: StoragePort) => StoragePort,
): Promise<PeopleRun> {
  const vaults = await createVaults(world, random)
  const ledger = createPeopleLedger(vaults.ttl + vaults.margin)
  const run = createProcesses(world, vaults, random, interpose)
  const clients = createPeopleClients(world, ledger, random, run)
  const readers = createPeopleReaders(world, ledger, clients, random, run)
  return {
    open: async (port, line) => (await vaults.open(port, line)).storage,
    projections(isBroken) {
      const before = (event: { readonly data: { readonly poisoned: boolean } }) => {
        // A handler's message may contain anything.
        if (event.data.poisoned && isBroken()) throw new Error(`cannot handle ${JSON.stringify(event.data)}`)
        if (world.faults.strikes('throw')) throw new Error(`thrown for once at ${JSON.stringify(event.data)}`)
      }
      return Object.values(createPeopleProjections(before)) as readonly Projection[]
    },
    happenings: [
      [24, () => clients.write()],
      [4, () => clients.forget()],
      [4, () => clients.admit()],
      [12, () => readers.look()],
    ],
    ending: peopleEnding(world, vaults, clients, ledger),
  }
}
