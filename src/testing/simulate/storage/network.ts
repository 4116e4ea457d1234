import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import { below } from '../../conformance/support/random.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'

/**
 * Carries a call to the database and its response back, each at its time and with everything that may happen on the
 * way.
 */
export type Call = <T>(name: string, about: string, act: () => Promise<T>) => Promise<T>

/** The network conditions of one process. */
export type Line = {
  readonly actor: Actor
  /** Whether faults occur here at all; if not, calls only take time. */
  readonly faulty: boolean
  /** Whether reads of streams may lag; absent: yes, if faults occur. */
  readonly isStale?: boolean
  /** The maximum delay of a call, or of its response, in milliseconds; absent: longer than a lease lasts. */
  readonly late?: number
  /** Whether the part of the database that a call goes to cannot be reached. */
  unreachable(call: string): boolean
  /** Ends the process. */
  crash(): void
}

/** Milliseconds that a call or a response takes, without faults. */
export const latency = ({ random }: World): number => below(random, 4) / 2

/** Creates the calls of one process. */
export function createCall(world: World, { actor, faulty, late = PACE.late, unreachable, crash }: Line): Call {
  const { scheduler, trace, faults, random } = world
  const strikes: typeof faults.strikes = (kind) => faulty && faults.strikes(kind)
  const delay = () => latency(world) + (strikes('late') ? late ** random() : 0)
  let calls = 0

  return (name, about, act) =>
    new Promise((resolve, reject) => {
      const id = `${actor.name}#${++calls}`
      const answer = (what: string, take: () => void) => {
        if (!actor.alive) return
        scheduler.after(delay(), actor, () => {
          trace.note(`${id} < ${what}`)
          take()
        })
      }
      const refuse = (error: Error) => answer(error.message, () => reject(error))

      const arrive = async () => {
        trace.note(`${id} ${name} ${about}`)
        if (faulty && unreachable(name)) return refuse(new StorageUnavailable('cannot be reached'))
        if (strikes('busy')) return refuse(new StorageBusy('throttled'))
        if (strikes('lost')) return refuse(new StorageUnavailable('lost on the way'))
        try {
          const value = await act()
          if (strikes('crash')) return crash()
          if (strikes('answerLost')) return refuse(new StorageUnavailable('response lost'))
          answer(summaryOf(value), () => resolve(value))
        } catch (error) {
          answer(String(error), () => reject(error))
        }
      }

      // What a process sent before its end may arrive after it.
      if (strikes('crash')) crash()
      scheduler.after(delay(), undefined, () => {
        if (actor.alive || random() < 0.5) arrive()
      })
    })
}

function summaryOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Map) return `${value.size} found`
  if (Array.isArray(value)) return `${value.length} found`
  if ('saved' in value) return 'etag' in value ? `saved as ${value.etag}` : 'not saved'
  if ('readTo' in value && 'events' in value && Array.isArray(value.events)) {
    const events = value.events.map(({ event }) => event.id).join(' ')
    return `to ${value.readTo}${'caughtUp' in value && value.caughtUp ? ', the end' : ''}: ${events || 'nothing'}`
  }
  return 'etag' in value ? `found ${value.etag}` : 'done'
}
