import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { VirtualTime } from './time.ts'

/** A storage in memory as one behind a network, in virtual time, and what was asked of it. */
export type LatentStorage = {
  readonly port: StoragePort
  /** How often each call was made, such as `viewStore.save`. */
  readonly calls: ReadonlyMap<string, number>
  /** Saves of views, and how many of them met another one's. */
  readonly saves: () => { readonly all: number; readonly conflicts: number }
}

const PARTS = ['events', 'feed', 'viewStore', 'leases', 'snapshots'] as const

/** @param roundTrip virtual milliseconds that each call takes, save one that waits for a change */
export function latentStorage(port: StoragePort, { clock, awaited }: VirtualTime, roundTrip: number): LatentStorage {
  const calls = new Map<string, number>()
  let [all, conflicts] = [0, 0]

  function behindNetwork<T extends object>(part: string, target: T): T {
    return new Proxy(target, {
      get(object, name) {
        const member = Reflect.get(object, name)
        if (typeof member !== 'function' || name === 'changed') return member
        const kind = `${part}.${String(name)}`
        const call = awaited((...parameters: unknown[]) => member.apply(object, parameters))
        return async (...parameters: unknown[]) => {
          calls.set(kind, (calls.get(kind) ?? 0) + 1)
          await clock.sleep(roundTrip)
          const answer = await call(...parameters)
          if (kind === 'viewStore.save') {
            all++
            if (!(answer as { readonly saved: boolean }).saved) conflicts++
          }
          return answer
        }
      },
    })
  }

  const parts = Object.fromEntries(PARTS.map((part) => [part, behindNetwork(part, port[part])]))
  return { port: { ...port, ...parts }, calls, saves: () => ({ all, conflicts }) }
}
