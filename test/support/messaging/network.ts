import { DestinationUnavailable } from '../../../src/core/errors/reaction.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { Actor, Scheduler } from '../../../src/testing/simulate/world/scheduler.ts'

/** How often each fault struck. */
export type Strikes = {
  /** Refused, without effect. */
  busy: number
  /** The connection breaks before the call arrives. */
  drop: number
  /** It takes effect, but its reply is lost, and with it the connection. */
  lostReply: number
  /** It takes effect, but never settles. */
  hang: number
  /** The process ends before the call, or after it took effect. */
  crash: number
  /** The lock of a session ends when a message was delivered. */
  lapse: number
  /** The call came while the side was away. */
  away: number
}

export type Side = 'bus' | 'storage'

/** A process of a run. */
export type Process = {
  readonly actor: Actor
  /** Ends it. */
  crash(): void
  /** Called when its connection to the bus breaks. */
  disconnected(): void
}

/** What is between processes, bus and storage. */
export type Network = {
  readonly strikes: Strikes
  /** How much more often than usual faults strike; 0 for never. */
  intensity: number
  /** Until when a side is away, in virtual milliseconds. */
  readonly awayUntil: { [side in Side]: number }
  /** Whether a fault strikes now. */
  strike(kind: keyof Strikes): boolean
  /** Carries a call of a process there, and its reply back. */
  call<T>(side: Side, process: Process, act: () => T | Promise<T>): Promise<T>
}

const PROBABILITY = { busy: 0.02, drop: 0.005, lostReply: 0.02, hang: 0.003, crash: 0.003, lapse: 0.01, away: 1 }

/** Creates the network of a run. */
export function createNetwork(scheduler: Scheduler, random: () => number): Network {
  const strikes: Strikes = { busy: 0, drop: 0, lostReply: 0, hang: 0, crash: 0, lapse: 0, away: 0 }
  const latency = () => 0.2 + 4 * random() ** 3
  const network: Network = {
    strikes,
    intensity: 1,
    awayUntil: { bus: 0, storage: 0 },
    strike(kind) {
      if (random() >= PROBABILITY[kind] * network.intensity) return false
      strikes[kind]++
      return true
    },
    call: (side, process, act) =>
      new Promise((resolve, reject) => {
        const { actor } = process
        const reply = (settle: () => void) => void scheduler.after(latency(), actor, settle)
        const refuse = () =>
          reply(() =>
            reject(side === 'bus' ? new DestinationUnavailable('the bus is away') : new StorageUnavailable('away')),
          )
        const breakConnection = () => {
          if (side === 'bus') process.disconnected()
          refuse()
        }
        const arrive = async () => {
          // What a process sent before its end may arrive after it.
          if (!actor.alive && random() < 0.5) return
          if (scheduler.now < network.awayUntil[side]) {
            strikes.away++
            // Packets that are dropped are never replied to.
            if (side === 'bus' && random() < 0.1) strikes.hang++
            else breakConnection()
            return
          }
          if (network.strike('busy')) return refuse()
          if (network.strike('drop')) return breakConnection()
          let result: Awaited<ReturnType<typeof act>>
          try {
            result = await act()
          } catch (error) {
            return reply(() => reject(error))
          }
          if (network.strike('crash')) return process.crash()
          if (side === 'bus' && network.strike('hang')) return
          if (network.strike('lostReply')) return breakConnection()
          reply(() => resolve(result))
        }
        if (network.strike('crash')) return process.crash()
        scheduler.after(latency(), undefined, () => void arrive())
      }),
  }
  return network
}
