import { parkedMark } from '../../../projections/parking/parked-mark.ts'
import { below } from '../../conformance/support/random.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import type { Cause } from './outside.ts'

/** What happens to the attempts at events, and what is parked for it. */
export type Attempts = {
  /** An attempt failed, and the event was at fault. */
  failed(cause: Cause): void
  /** Ends the process that handles an event, if the event does so. @throws in the process of an operator */
  survive(actor: Actor, cause: Cause): Promise<void>
  /** From now on no event ends its process. */
  fix(): void
}

const NEVER = new Promise<never>(() => {})

// How many events of a run end their process at most, and how often one may do so beyond its attempts: unrecorded for
// the first time, and whenever a range was released, or used by a process that had lost it.
const KILLERS = 2
const UNRECORDED = 4

// What makes a process look as if it had ended.
const DEATHS = ['crash', 'pause', 'late', 'outage', 'clockJump', 'lost', 'answerLost'] as const

const nameOf = ({ streamId, version }: Cause): string => `${streamId}@${version}`

/**
 * Watches the attempts at events: none is parked for an outage, none for the end of a process if none ended, and those
 * that end one do so only so often.
 *
 * @param reaction its name
 * @param attempts how many an event gets
 * @param rate how many events end their process
 * @param kill ends a worker's process; returns false if there is none
 */
export function watchAttempts(
  world: World,
  random: () => number,
  {
    reaction,
    attempts,
    rate,
    kill,
  }: {
    readonly reaction: string
    readonly attempts: number
    readonly rate: number
    readonly kill: (actor: Actor) => boolean
  },
): Attempts {
  const { faults, parts, trace } = world
  const failures = new Map<string, number>()
  const harmless = new Set<string>()
  const killers = new Map<string, number>()
  const parked = new Set<string>()
  let kills = 0
  let isFixed = rate === 0

  world.watchers.push((view) => {
    const mark = view.projection === reaction ? parkedMark(view) : undefined
    if (mark === undefined || parked.has(mark.id)) return
    parked.add(mark.id)
    const name = nameOf(mark.event)
    const failed = failures.get(name) ?? 0
    parts.count('reactions', mark.error?.code === 'ProcessEnded' ? 'parkedAsKiller' : 'parked')
    const isQuiet = !parts.has('names') && kills === 0 && DEATHS.every((kind) => !faults.counts[kind])
    if (mark.error?.code !== 'ProcessEnded') {
      // An attempt during which a process ended counts as well.
      const least = isQuiet ? attempts : 1
      if (failed < least) world.fail(`${name} was parked by an outage: it failed by itself ${failed} times`)
    } else if (isQuiet) world.fail(`${name} was parked for the end of a process, but none ended`)
  })

  function isKiller(name: string): boolean {
    if (isFixed || harmless.has(name)) return false
    if (killers.has(name)) return true
    if (killers.size < KILLERS && random() < rate) killers.set(name, 0)
    else harmless.add(name)
    return killers.has(name)
  }

  return {
    failed(cause) {
      failures.set(nameOf(cause), (failures.get(nameOf(cause)) ?? 0) + 1)
    },
    async survive(actor, cause) {
      const name = nameOf(cause)
      if (!isKiller(name)) return
      if (!kill(actor)) throw new Error('it ends an operator’s process')
      const own = (killers.get(name) ?? 0) + 1
      killers.set(name, own)
      kills++
      parts.count('reactions', 'killed')
      trace.note(`${name} ends ${actor.name}`)
      const most = attempts + UNRECORDED + (faults.counts.leave ?? 0) + (faults.counts.pause ?? 0)
      if (own > most) world.fail(`${name} kills a process for the ${own}th time, with ${attempts} attempts`)
      return NEVER
    },
    fix() {
      isFixed = true
    },
  }
}

/** How many events end their process, in the runs in which some do. */
export const drawKillers = (random: () => number): number => (random() < 0.3 ? 1 / (1 + below(random, 30)) : 0)
