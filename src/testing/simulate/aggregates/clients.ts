import { type Repository, repository } from '../../../aggregates/repository.ts'
import { PeriodClosed, StreamNotFound, WrongExpectedVersion } from '../../../core/errors/append.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import type { AnyEventTypes } from '../../../core/events/types.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { type Account, account, Refused, yearly } from './accounts.ts'
import type { Entry, Ledger } from './ledger.ts'

/** Clients that execute commands on accounts, each in its own process. */
export type Clients = {
  /** A client sends some concurrent commands to one account. */
  act(): void
  /** A client closes the books of an account. */
  close(): void
  /** A client reads an account. */
  look(): void
  /** How many commands are running. */
  readonly busy: number
  /** The repositories of all processes, with their caches. */
  readonly repositories: readonly Repositories[]
}

/** The accounts, by their kinds. */
export const ACCOUNTS = [
  ['account', 'a1'],
  ['yearly', 'y1'],
  ['yearly', 'y2'],
] as const

type Kind = (typeof ACCOUNTS)[number][0]

type Repositories = Readonly<Record<Kind, Repository<Account, AnyEventTypes>>>

export const YEARS = ['2020', '2021', '2022', '2023', '2024'] as const

// The outcome is then unknown.
const UNCERTAIN = [StorageUnavailable, StorageBusy]
// Errors that a command among others may get. Nothing was written then.
const REFUSALS = [Refused, PeriodClosed, WrongExpectedVersion, InvalidConfiguration, StreamNotFound]
const ATTEMPTS = 8

/** Creates the clients of a run, whose processes end now and then. */
export function createClients(
  world: World,
  ledger: Ledger,
  random: () => number,
  interpose: (port: StoragePort) => StoragePort,
): Clients {
  const { parts, trace, scheduler } = world
  const count = 1 + below(random, 3)
  const every = oneOf(random, [undefined, 1, 3])
  const cache = random() < 0.7
  let processes = 0
  let year = 0
  let busy = 0
  const places = Array.from({ length: count }, start)

  function start() {
    const actor: Actor = { name: `client${++processes}`, alive: true, pausedUntil: 0 }
    const crashed = Promise.withResolvers<undefined>()
    const crash = () => {
      if (!actor.alive) return
      actor.alive = false
      crashed.resolve(undefined)
      parts.count('aggregates', 'clientCrashed')
      const place = places.findIndex((client) => client.actor === actor)
      if (place >= 0) places[place] = start()
    }
    const line = { actor, faulty: true, isStale: false, unreachable: () => false, crash }
    const port = interpose(faultyPort(world, line))
    const options = {
      clock: createClock(scheduler, actor),
      random: world.random,
      ...(every !== undefined && { snapshots: { every, onError: () => {} } }),
      ...(!cache && { cache: false as const }),
    }
    const repositories: Repositories = {
      account: repository(port, account, options) as unknown as Repository<Account, AnyEventTypes>,
      yearly: repository(port, yearly, options) as unknown as Repository<Account, AnyEventTypes>,
    }
    return {
      actor,
      repositories,
      /** Resolves with undefined if the process ends before the work does. */
      orCrash: <T>(work: Promise<T>): Promise<T | undefined> => Promise.race([work, crashed.promise]),
    }
  }

  const periodNow = (): string => YEARS[year] as string

  /** Sends a command, and again if it has an id and its outcome is unknown. */
  async function give(entry: Entry, kind: Kind, isNamed: boolean, period: string | undefined): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { actor, repositories, orCrash } = oneOf(random, places)
      trace.note(`${actor.name}: ${entry.command} on ${entry.id}${attempt > 1 ? ', again' : ''}`)
      try {
        const answer = await orCrash(execute(repositories, entry, kind, isNamed, period))
        if (answer === undefined) throw new StorageUnavailable('the client crashed')
        if (answer.duplicate) parts.count('aggregates', 'duplicate')
        told(entry, answer.state, answer.duplicate)
        return
      } catch (error) {
        trace.note(`${actor.name}: ${entry.command} ended with ${error}`)
        if (UNCERTAIN.some((type) => error instanceof type)) {
          parts.count('aggregates', 'uncertain')
          if (!isNamed || attempt === ATTEMPTS) return
          await createClock(scheduler).sleep(below(random, PACE.poll))
          continue
        }
        if (!REFUSALS.some((type) => error instanceof type)) throw error
        // An earlier attempt may have been executed, but is then found by its id.
        entry.outcome = attempt === 1 || isNamed ? 'refused' : 'unknown'
        parts.count('aggregates', 'refused')
        return
      }
    }
  }

  function execute(repositories: Repositories, entry: Entry, kind: Kind, isNamed: boolean, period: string | undefined) {
    const refuses = entry.events === 0
    return repositories[kind].execute(
      entry.id,
      ({ commands }) => {
        if (refuses) throw new Refused(entry.command)
        const data = { command: entry.command, amount: 1, before: commands.length }
        return Array.from({ length: entry.events }, () => ({ type: 'Paid', data }))
      },
      { ...(isNamed && { commandId: entry.command }), ...(period !== undefined && { period }) },
    )
  }

  function told(entry: Entry, state: Account, isDuplicate: boolean): void {
    entry.outcome = 'done'
    parts.count('aggregates', 'done')
    const at = state.commands.indexOf(entry.command)
    const where = `${entry.command} on ${entry.id}`
    if (at < 0) world.fail(`${where} returned a state without it`)
    else if (at < entry.after && !isDuplicate) world.fail(`${where} comes at ${at}, after ${entry.after} known before`)
    ledger.learn(entry.id, at + 1)
  }

  function settle(work: Promise<unknown>): void {
    busy++
    work
      .catch((error) => world.fail(`a client failed with ${error instanceof Error ? error.stack : error}`))
      .finally(() => {
        busy--
      })
  }

  return {
    get repositories() {
      return places.map(({ repositories }) => repositories)
    },
    get busy() {
      return busy
    },
    act() {
      const [kind, id] = oneOf(random, ACCOUNTS)
      if (random() < 0.15) year = Math.min(year + 1, YEARS.length - 1)
      const isYearly = kind === 'yearly'
      for (let left = 1 + below(random, 4); left > 0; left--) {
        const events = random() < 0.1 ? 0 : 1 + below(random, 2)
        const period = isYearly && (ledger.known(id) === 0 || random() < 0.6) ? periodNow() : undefined
        settle(give(ledger.give(id, events), kind, random() < 0.7, period))
      }
    },
    close() {
      const at = Math.min(year, YEARS.length - 2)
      const [, id] = oneOf(random, ACCOUNTS.slice(1))
      const { actor, repositories, orCrash } = oneOf(random, places)
      const options = {
        period: YEARS[at] as string,
        successor: YEARS[at + 1] as string,
        ...(random() < 0.5 && { commandId: `close ${YEARS[at]}` }),
      }
      trace.note(`${actor.name}: closes ${options.period} of ${id}`)
      settle(
        orCrash(repositories.yearly.close(id, options)).then(
          (answer) => {
            if (answer) parts.count('aggregates', 'closed')
          },
          (error) => {
            parts.count('aggregates', 'closeRefused')
            if (![...UNCERTAIN, ...REFUSALS].some((type) => error instanceof type)) throw error
          },
        ),
      )
    },
    look() {
      const [kind, id] = oneOf(random, ACCOUNTS)
      const { repositories, orCrash } = oneOf(random, places)
      const known = ledger.known(id)
      settle(
        orCrash(repositories[kind].load(id)).then(
          (loaded) => {
            if (loaded === undefined) return
            parts.count('aggregates', 'looked')
            const { length } = loaded.state.commands
            if (length < known) world.fail(`${id} was loaded with ${length} commands, but ${known} are known`)
            ledger.learn(id, length)
          },
          (error) => {
            if (!UNCERTAIN.some((type) => error instanceof type)) throw error
          },
        ),
      )
    },
  }
}
