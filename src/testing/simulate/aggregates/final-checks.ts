import type { Ending } from '../checks/final-checks.ts'
import { createClock } from '../world/clock.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { wrongAccounts } from './checks.ts'
import { ACCOUNTS, type Clients } from './clients.ts'
import type { Ledger } from './ledger.ts'

/** The final checks of the clients: nothing is running, and all see what is in the log. */
export const aggregatesEnding = (world: World, clients: Clients, ledger: Ledger): Ending => ({
  async beforeReplay() {
    const clock = createClock(world.scheduler)
    while (clients.busy > 0) await clock.sleep(PACE.poll)
    for (const wrong of await wrongAccounts(world.db, ledger)) world.fail(wrong)
    for (const [kind, id] of ACCOUNTS) {
      const states = await Promise.all(clients.repositories.map(async (kinds) => (await kinds[kind]?.load(id))?.state))
      const [first, ...others] = states.map((state) => JSON.stringify(state))
      for (const other of others)
        if (other !== first) world.fail(`${id} is ${first} to one client, and ${other} to another`)
    }
  },
})
