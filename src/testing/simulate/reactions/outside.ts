import { below } from '../../conformance/support/random.ts'
import { latency } from '../storage/network.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import type { Outages } from './outages.ts'

/** An event that a handler was called for. */
export type Cause = { readonly streamId: string; readonly version: number }

/** A call of a handler, as the external system sees it. */
export type Arrived = Cause & { readonly key: string }

/**
 * An external system that handlers call, and that records what was requested: each thing once, whatever its number of
 * calls, by the idempotency key.
 */
export type Outside = {
  /** Requests something. The call may arrive late, after the end of its sender, or its response may be lost. */
  ask(actor: Actor, arrived: Arrived): Promise<void>
  /** What was done, by its key, in the order in which it was first done. */
  readonly done: ReadonlyMap<string, Cause>
  /** How many calls arrived for an event. */
  calls(cause: Cause): number
}

const nameOf = ({ streamId, version }: Cause): string => `${streamId}@${version}`

/** Creates the external system. @param outages when it cannot be called */
export function createOutside(world: World, outages: Outages): Outside {
  const { scheduler, faults, random, trace, parts } = world
  const done = new Map<string, Cause>()
  const calls = new Map<string, number>()
  const delay = () => latency(world) + (faults.strikes('late') ? below(random, PACE.late) : 0)

  function arrive({ key, ...cause }: Arrived): void {
    const name = nameOf(cause)
    calls.set(name, (calls.get(name) ?? 0) + 1)
    trace.note(`outside: ${name}`)
    parts.count('reactions', done.has(key) ? 'repeated' : 'done')
    if (!done.has(key)) done.set(key, cause)
  }

  return {
    done,
    calls: (cause) => calls.get(nameOf(cause)) ?? 0,
    ask: (actor, arrived) =>
      new Promise((resolve, reject) => {
        scheduler.after(delay(), undefined, () => {
          if (faults.strikes('lost')) {
            scheduler.after(delay(), actor, () => reject(new Error('lost on the way')))
            return
          }
          if (outages.now) {
            parts.count('reactions', 'away')
            scheduler.after(delay(), actor, () => reject(outages.error()))
            return
          }
          arrive(arrived)
          const isLost = faults.strikes('answerLost')
          scheduler.after(delay(), actor, () => (isLost ? reject(new Error('response lost')) : resolve()))
        })
      }),
  }
}
