import type { StoragePort } from '../../../src/core/port/storage.ts'

/** The process is gone, as far as the copy can tell. */
export class Killed extends Error {}

/** When a process is killed: at its n-th call, before it took effect or after. */
export type Kill = { readonly call: number; readonly when: 'before' | 'after' }

/** The two storages of a copy whose process is killed. Whatever is called afterwards does not happen any more. */
export function killedPorts<S extends StoragePort, T extends StoragePort>(
  ports: { readonly source: S; readonly target: T },
  { call, when }: Kill,
): { readonly source: StoragePort; readonly target: StoragePort } {
  let calls = 0
  const guard = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const mine = calls++
      if (mine > call || (mine === call && when === 'before')) throw new Killed()
      const result = await work(...args)
      if (mine === call) throw new Killed()
      return result
    }
  }
  const guarded = (port: StoragePort): StoragePort => {
    const { events, feed, leases } = port
    return {
      ...port,
      events: {
        ...events,
        append: guard(events.append.bind(events)),
        tombstone: guard(events.tombstone.bind(events)),
        erase: guard(events.erase.bind(events)),
        locate: guard(events.locate.bind(events)),
      },
      feed: { ...feed, read: guard(feed.read.bind(feed)), ranges: guard(feed.ranges.bind(feed)) },
      leases: {
        ...leases,
        save: guard(leases.save.bind(leases)),
        remove: guard(leases.remove.bind(leases)),
        list: guard(leases.list.bind(leases)),
      },
    }
  }
  return { source: guarded(ports.source), target: guarded(ports.target) }
}
