import type { Ending } from '../checks/final-checks.ts'
import { createClock } from '../world/clock.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { keyDocuments, needles, wrongKeys, wrongOwners, wrongPeopleViews, wrongWrites } from './checks.ts'
import { type PeopleClients, SHARED_VALUES } from './clients.ts'
import { type PeopleLedger, sharedValue } from './ledger.ts'
import { type Opened, openFaultless } from './processes.ts'
import { storedWrites } from './stored.ts'
import type { Vaults } from './vaults.ts'

/** The final checks of the people, once what forgetting began is finished. */
export function peopleEnding(world: World, vaults: Vaults, clients: PeopleClients, ledger: PeopleLedger): Ending {
  const { db, parts, scheduler } = world
  const clock = createClock(scheduler)
  const report = (failures: readonly string[]) => {
    for (const failure of failures) world.fail(failure)
  }

  /** Values that no member has can be claimed. */
  async function claimFree({ members }: Opened): Promise<void> {
    const taken = new Set<string>()
    for (const { id } of db.state.streams.values()) {
      const [category, member = ''] = id.split(':')
      if (category === 'member') taken.add((await members.load(member)).state.email)
    }
    for (let i = 0; i < SHARED_VALUES; i++) {
      const email = sharedValue(i)
      if (taken.has(email)) continue
      const memberId = `late${i}`
      await members.execute(memberId, () => ({
        type: 'Joined',
        data: { memberId, poisoned: false, name: ledger.token(), email },
      }))
      parts.count('people', 'claimedFree')
    }
  }

  return {
    async prepare() {
      while (clients.busy > 0) await clock.sleep(PACE.poll)
      // What a process sent before its end may still arrive.
      await clock.sleep(PACE.late)
      while ([...keyDocuments(vaults).values()].some(({ marker }) => marker !== null)) await clock.sleep(PACE.poll)
    },
    async beforeReplay() {
      report(needles(world, vaults, ledger))
      await claimFree(await openFaultless(world, vaults))
    },
    async complete() {
      const opened = await openFaultless(world, vaults)
      const isNewer = storedWrites(db.state, ledger).some((write) =>
        write.parts.some(({ generation }) => generation > 1),
      )
      if (isNewer) parts.count('people', 'returned')
      report(wrongKeys(vaults))
      report(needles(world, vaults, ledger))
      report(await wrongWrites(world, ledger, opened))
      report(await wrongPeopleViews(world, opened))
      report(await wrongOwners(world, opened))
    },
  }
}
