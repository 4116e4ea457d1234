import { EventIdReused, WrongExpectedVersion } from '../../../core/errors/append.ts'
import { PersonForgotten } from '../../../core/errors/privacy.ts'
import { UniqueIndexStale, ValueTaken } from '../../../core/errors/unique.ts'
import { ForgettingUnfinished } from '../../../core/errors/vault.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import { createClock } from '../world/clock.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { type PeopleLedger, type Request, sharedValue, type Written } from './ledger.ts'
import type { Member } from './members.ts'
import { isUncertain, type Opened, type RunInProcess } from './processes.ts'

/** Clients that write, forget and admit again. */
export type PeopleClients = {
  /** A client writes something about some person. */
  write(): void
  /** Several people claim one value at once. */
  contend(): void
  /** A client forgets a person, and may see to the end of it. */
  forget(person?: string): void
  /** A client lets the data of a person be stored again. */
  admit(): void
  /** Waits for some work; its failure is the simulation's. */
  settle(work: Promise<unknown>): void
  /** How much work is under way. */
  readonly busy: number
}

/** Everyone whose data is written. */
export const PEOPLE = ['p1', 'p2', 'p3', 'p4'] as const

/** How many values several people want. */
export const SHARED_VALUES = 3

const VISITS = 3
const ATTEMPTS = 8

type Write = {
  readonly written: Written
  /** @returns whether the storage found it to be a duplicate */
  readonly send: (process: Opened) => Promise<boolean>
}

/**
 * Creates the clients, over their processes.
 *
 * @param delay milliseconds from when a person is forgotten to the marker
 */
export function createPeopleClients(
  world: World,
  ledger: PeopleLedger,
  delay: number,
  random: () => number,
  run: RunInProcess,
): PeopleClients {
  const { parts, trace, scheduler } = world
  const clock = createClock(scheduler)
  let busy = 0
  let writes = 0

  function newWritten(tokens: Written['tokens'], people: readonly string[]): Written {
    const written: Written = { id: `w${++writes}`, people, tokens, began: scheduler.now }
    ledger.written.set(written.id, written)
    return written
  }

  /** A command on a member, decided on their state. */
  function newCommand(memberId: string = oneOf(random, PEOPLE), claimed?: string): Write {
    const poisoned = world.faults.strikes('poison')
    const kinds = ['Renamed', 'EmailChanged', 'Introduced', 'PlanChanged'] as const
    const kind = claimed ? 'EmailChanged' : oneOf(random, kinds)
    const email = claimed ?? sharedValue(below(random, SHARED_VALUES))
    const [name, ownName, otherName] = [ledger.token(), ledger.token(), ledger.token()]
    const other = oneOf(
      random,
      PEOPLE.filter((person) => person !== memberId),
    )
    const people = kind === 'Introduced' ? [memberId, other] : [memberId]
    const written = newWritten({ name, ownName, otherName }, people)
    const decide = ({ joined }: Member) => {
      if (!joined) return [{ type: 'Joined', data: { memberId, poisoned, name, email } } as const]
      return [
        {
          Renamed: { type: 'Renamed', data: { memberId, poisoned, name } } as const,
          EmailChanged: { type: 'EmailChanged', data: { memberId, poisoned, email } } as const,
          Introduced: { type: 'Introduced', data: { memberId, poisoned, ownName, other, otherName } } as const,
          PlanChanged: { type: 'PlanChanged', data: { memberId, poisoned, plan: 'basic' } } as const,
        }[kind],
      ]
    }
    return {
      written,
      send: async ({ members }) => (await members.execute(memberId, decide, { commandId: written.id })).duplicate,
    }
  }

  /** An append of an event under an id of its own. */
  function newVisit(): Write {
    const memberId = oneOf(random, PEOPLE)
    const name = ledger.token()
    const written = newWritten({ name }, [memberId])
    const data = { memberId, poisoned: world.faults.strikes('poison'), name }
    const streamId = `visit:${1 + below(random, VISITS)}`
    return {
      written,
      async send({ store }) {
        const event = { type: 'Visited', data, id: written.id } as const
        return (await store.append(streamId, [event], { expectedVersion: 'any' })).duplicate
      },
    }
  }

  async function give({ written, send }: Write): Promise<void> {
    let repeats = random() < 0.2 ? 1 : 0
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const isDuplicate = await run(`${written.id}${attempt > 1 ? ', again' : ''}`, send)
        if (isDuplicate) parts.count('people', 'duplicate')
        if (written.done !== undefined && !isDuplicate) world.fail(`${written.id} was stored, and again`)
        written.done ??= scheduler.now
        parts.count('people', 'written')
        if (repeats-- <= 0) return
      } catch (error) {
        trace.note(`${written.id} ended with ${error}`)
        if (!isUncertain(error)) return refused(written, error)
        parts.count('people', 'uncertain')
      }
      await clock.sleep(below(random, PACE.poll))
    }
  }

  function refused({ id, people, began }: Written, error: unknown): void {
    // A person who was admitted again has another key.
    const isSealedAnew = () => people.some((person) => ledger.isDoubtful(person, began))
    if (error instanceof PersonForgotten) {
      parts.count('people', 'refused')
      if (!people.some((person) => ledger.requests.some((request) => request.person === person)))
        world.fail(`${id} was refused as that of a forgotten person, but none was forgotten`)
    } else if (error instanceof EventIdReused) {
      if (!isSealedAnew()) world.fail(`${id} was repeated, and is no duplicate of itself`)
    } else if (error instanceof ValueTaken) parts.count('people', 'taken')
    else if (!(error instanceof WrongExpectedVersion) && !(error instanceof UniqueIndexStale)) throw error
  }

  async function forget(request: Request): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        await run(`forgets ${request.person}`, ({ vault }) => vault.forget(request.person))
        request.done = scheduler.now
        parts.count('people', 'forgotten')
        break
      } catch (error) {
        trace.note(`forgetting ${request.person} ended with ${error}`)
        if (!isUncertain(error)) throw error
      }
      await clock.sleep(below(random, PACE.poll))
    }
  }

  /** Does what a worker does, at a moment around the one from which on it may. */
  async function finish(): Promise<void> {
    const earlier = random() < 0.5
    if (!earlier) await clock.sleep(delay)
    await clock.sleep(below(random, delay / 4))
    try {
      await run('finishes what is due', ({ vault }) => vault.finishDue())
    } catch (error) {
      trace.note(`finishing what is due ended with ${error}`)
      if (!isUncertain(error)) throw error
    }
  }

  async function admit(person: string): Promise<void> {
    try {
      await run(`admits ${person}`, ({ vault }) => vault.admit(person))
      parts.count('people', 'admitted')
      await give(newCommand(person))
    } catch (error) {
      trace.note(`admitting ${person} ended with ${error}`)
      if (!isUncertain(error) && !(error instanceof ForgettingUnfinished)) throw error
    }
  }

  function settle(work: Promise<unknown>): void {
    busy++
    work
      .catch((error) => world.fail(`a client of people failed with ${error instanceof Error ? error.stack : error}`))
      .finally(() => {
        busy--
      })
  }

  return {
    settle,
    get busy() {
      return busy
    },
    write() {
      for (let left = 1 + below(random, 3); left > 0; left--) settle(give(random() < 0.7 ? newCommand() : newVisit()))
    },
    contend() {
      const email = sharedValue(below(random, SHARED_VALUES))
      for (const person of PEOPLE) if (random() < 0.7) settle(give(newCommand(person, email)))
    },
    forget(person = oneOf(random, PEOPLE)) {
      const request: Request = { person, began: scheduler.now }
      ledger.requests.push(request)
      settle(
        forget(request)
          .then(() => (random() < 0.7 ? finish() : undefined))
          .then(() => (random() < 0.5 ? admit(person) : undefined)),
      )
    },
    admit: () => settle(admit(oneOf(random, PEOPLE))),
  }
}
