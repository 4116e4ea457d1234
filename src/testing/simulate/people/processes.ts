import { repository } from '../../../aggregates/repository.ts'
import type { RepositoryOptions } from '../../../aggregates/repository-options.ts'
import { KeysUnavailable } from '../../../core/errors/privacy.ts'
import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import { eventStore } from '../../../core/events/event-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Line } from '../storage/network.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import { member, memberEvents } from './members.ts'
import type { VaultProcess, Vaults } from './vaults.ts'

// After these the outcome is unknown.
const UNCERTAIN = [StorageUnavailable, StorageBusy, KeysUnavailable]

/** Whether a call may have taken effect, or not. */
export const isUncertain = (error: unknown): boolean => UNCERTAIN.some((kind) => error instanceof kind)

/** What a client's process opened. */
export type Opened = VaultProcess & ReturnType<typeof typed>

function typed({ storage }: VaultProcess, options: RepositoryOptions) {
  return { members: repository(storage, member, options), store: eventStore(storage, memberEvents) }
}

/** Opens what a process opens, without faults. */
export async function openFaultless(world: World, vaults: Vaults, port: StoragePort = world.db): Promise<Opened> {
  const actor: Actor = { name: 'examiner', alive: true, pausedUntil: 0 }
  const line = { actor, faulty: false, unreachable: () => false, crash: () => {} }
  const process = await vaults.open(port, line)
  return { ...process, ...typed(process, { clock: createClock(world.scheduler) }) }
}

/** Runs work in one of the clients' processes. @throws StorageUnavailable if the process ends before the work does */
export type RunInProcess = <T>(what: string, work: (process: Opened) => Promise<T>) => Promise<T>

/** Creates the processes of the clients; each that ends is replaced. */
export function createProcesses(
  world: World,
  vaults: Vaults,
  random: () => number,
  interpose: (port: StoragePort) => StoragePort,
): RunInProcess {
  const { parts, trace, scheduler } = world
  const every = oneOf(random, [undefined, 1, 3])
  const cache = random() < 0.7
  let count = 0
  const places = Array.from({ length: 1 + below(random, 3) }, start)

  function start() {
    const actor: Actor = { name: `person${++count}`, alive: true, pausedUntil: 0 }
    const ended = Promise.withResolvers<never>()
    ended.promise.catch(() => {})
    const crash = () => {
      if (!actor.alive) return
      actor.alive = false
      ended.reject(new StorageUnavailable('the client crashed'))
      parts.count('people', 'clientCrashed')
      const place = places.findIndex((one) => one.actor === actor)
      if (place >= 0) places[place] = start()
    }
    return { actor, crash, orEnd: <T>(work: Promise<T>) => Promise.race([work, ended.promise]) }
  }

  const opening = new WeakMap<Actor, Promise<Opened>>()

  function open({ actor, crash }: (typeof places)[number]): Promise<Opened> {
    const line: Line = { actor, faulty: true, unreachable: () => false, crash }
    const options: RepositoryOptions = {
      clock: createClock(scheduler, actor),
      random: world.random,
      ...(every !== undefined && { snapshots: { every, onError: () => {} } }),
      ...(!cache && { cache: false as const }),
    }
    const opened =
      opening.get(actor) ??
      vaults
        .open(interpose(faultyPort(world, line)), line)
        .then((process) => ({ ...process, ...typed(process, options) }))
    opening.set(actor, opened)
    // It is tried again by the next work.
    opened.catch(() => opening.delete(actor))
    return opened
  }

  return async (what, work) => {
    const place = oneOf(random, places)
    trace.note(`${place.actor.name}: ${what}`)
    return place.orEnd(open(place).then(work))
  }
}
