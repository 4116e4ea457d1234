import type { Ending } from '../checks/final-checks.ts'
import { createClock } from '../world/clock.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import type { Auditors } from './auditors.ts'
import type { Outside } from './outside.ts'
import { tamper } from './tamper.ts'

// Virtual milliseconds within which an event is sealed: timers fire at any time.
const SEALED_WITHIN = 30_000

// How often an attacker tampers with an event at the end.
const TAMPERED = 0.5

/** The final checks of the chain: it agrees with the log, and only what was tampered with is found. */
export function chainEnding(world: World, auditors: Auditors, outside: Outside, random: () => number): Ending {
  const { parts, scheduler } = world
  const clock = createClock(scheduler)

  async function checkChain(): Promise<void> {
    const until = scheduler.now + SEALED_WITHIN
    let faults = await auditors.faults(true)
    while (faults.length > 0 && scheduler.now < until) {
      await clock.sleep(PACE.poll)
      faults = await auditors.faults(true)
    }
    for (const fault of faults) world.fail(`chain: ${fault}`)
    while (outside.size < (await auditors.size())) await clock.sleep(PACE.poll)
    const { result, findings } = await auditors.verify()
    for (const { code, streamId, version, block, message } of findings) {
      world.fail(`chain: verified with ${code} ${streamId}@${version} in block ${block}: ${message}`)
    }
    if (result !== 'clean') world.fail(`chain: verified with ${result}`)
  }

  async function checkTampering(): Promise<void> {
    const tampered = tamper(world.db.state, random)
    if (tampered === undefined) return
    const { code, streamId, version, restore } = tampered
    const { result, findings } = await auditors.verify()
    restore()
    parts.count('chain', code)
    const isFound = findings.some((one) => one.code === code && one.streamId === streamId && one.version === version)
    if (result !== 'tampered' || !isFound) world.fail(`chain: tampering is not found: ${code} ${streamId}@${version}`)
  }

  return {
    async prepare() {
      while (auditors.busy > 0) await clock.sleep(PACE.poll)
    },
    beforeReplay: checkChain,
    async complete() {
      await checkChain()
      parts.count('chain', (await auditors.size()) > 1 ? 'manyBlocks' : 'oneBlock')
      if (random() < TAMPERED) await checkTampering()
    },
  }
}
