import type { StoragePort } from '../../../core/port/storage.ts'
import type { Projection } from '../../../projections/projection.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import type { Ending } from '../checks/final-checks.ts'
import type { Line } from '../storage/network.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { createPeopleClients, PEOPLE } from './clients.ts'
import { peopleEnding } from './final-checks.ts'
import { createPeopleLedger } from './ledger.ts'
import { createProcesses } from './processes.ts'
import { createPeopleProjections, SWEPT } from './projections.ts'
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

// How often a worker pauses after it opened events, in runs with pauses.
const PAUSED = 0.5

/** Creates the people of a run; `interpose` is between the clients and their storage. */
export async function createPeopleRun(
  world: World,
  random: () => number,
  interpose: (port: StoragePort) => StoragePort,
): Promise<PeopleRun> {
  const vaults = await createVaults(world, random)
  const { scheduler, faults, parts } = world
  const delay = vaults.ttl + vaults.margin
  const ledger = createPeopleLedger(delay)
  const run = createProcesses(world, vaults, random, interpose)
  const clients = createPeopleClients(world, ledger, delay, random, run)
  const readers = createPeopleReaders(world, ledger, clients, random, run)

  /** Processes read before a person is forgotten, so that they have the key, and until after none may have it. */
  function forget(person: string = oneOf(random, PEOPLE)): void {
    for (let i = 0; i < 3; i++) readers.look(person)
    scheduler.after(below(random, PACE.poll / 4), undefined, () => clients.forget(person))
    for (let i = 0; i < 5; i++) scheduler.after(below(random, 1.5 * delay), undefined, () => readers.look(person))
  }

  /** A worker that pauses when it has opened events and not folded them, while a person in them is forgotten. */
  const pausing = (port: StoragePort, { actor }: Line): StoragePort => ({
    ...port,
    viewStore: {
      ...port.viewStore,
      getMany(projection, version, keys) {
        const person = keys.find((key) => PEOPLE.some((one) => one === key))
        const pauses = !faults.over && faults.times('pause', 1) > 0 && random() < PAUSED
        if (pauses && projection === SWEPT && person !== undefined) {
          faults.count('pause')
          parts.count('people', 'pausedInFold')
          actor.pausedUntil = scheduler.now + delay * (1 + random())
          forget(person)
        }
        return port.viewStore.getMany(projection, version, keys)
      },
    },
  })

  return {
    open: async (port, line) => (await vaults.open(line.faulty ? pausing(port, line) : port, line)).storage,
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
      [6, () => clients.contend()],
      [4, () => forget()],
      [4, () => clients.admit()],
      [12, () => readers.look()],
    ],
    ending: peopleEnding(world, vaults, clients, ledger),
  }
}
