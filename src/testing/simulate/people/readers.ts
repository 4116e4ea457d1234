import { oneOf } from '../../conformance/support/random.ts'
import type { World } from '../world/world.ts'
import { PEOPLE, type PeopleClients } from './clients.ts'
import { NEEDLE, type PeopleLedger } from './ledger.ts'
import { isUncertain, type Opened, type RunInProcess } from './processes.ts'
import { createPeopleProjections } from './projections.ts'
import { forgottenTokens, markersIn, storedWrites } from './stored.ts'

const { cards } = createPeopleProjections()

// In these ways a process gets personal data; views in clear are only as current as their workers.
const WAYS: Readonly<Record<string, (process: Opened, person: string) => Promise<unknown>>> = {
  events: ({ store }, person) => store.load(`member:${person}`),
  state: ({ members }, person) => members.load(person),
  card: ({ storage }, person) => storage.views.get(cards, person),
}

/** Reads like clients do: once the marker of a person is in the log, no process may open what was sealed before. */
export function createPeopleReaders(
  world: World,
  ledger: PeopleLedger,
  clients: PeopleClients,
  random: () => number,
  run: RunInProcess,
): { look(person?: string): void } {
  const { db, parts, trace } = world

  async function look(person: string, way: string): Promise<void> {
    const through = markersIn(db.state)
    try {
      const seen = JSON.stringify(
        await run(`reads ${way} of ${person}`, (process) => WAYS[way]?.(process, person) as Promise<unknown>),
      )
      parts.count('people', 'looked')
      const dead = forgottenTokens(storedWrites(db.state, ledger), through)
      if (seen.includes('(forgotten)') && dead.size > 0) parts.count('people', 'sawStandIn')
      for (const [token] of seen.matchAll(NEEDLE)) {
        if (dead.has(token)) world.fail(`${way} of ${person} showed ${token} after the marker was in the log`)
      }
    } catch (error) {
      trace.note(`reading ${way} of ${person} ended with ${error}`)
      if (!isUncertain(error)) throw error
    }
  }

  return {
    look: (person = oneOf(random, PEOPLE)) => clients.settle(look(person, oneOf(random, Object.keys(WAYS)))),
  }
}
