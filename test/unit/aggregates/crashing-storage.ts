import type { RepositoryStorage } from '../../../src/aggregates/state/context.ts'
import type { EventLog } from '../../../src/core/port/event-log.ts'

/** The process is gone, as far as the caller can tell. */
export class Crash extends Error {}

/** Says what befalls a call of the port: a crash before it took effect, one after, or nothing. */
export type Fate = (call: string) => 'before' | 'after' | 'none'

/** A storage whose calls crash when `fate` says so. */
export function crashingStorage(storage: RepositoryStorage, fate: Fate): RepositoryStorage {
  const guard = <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const when = fate(name)
      if (when === 'before') throw new Crash(name)
      const result = await call(...args)
      if (when === 'after') throw new Crash(name)
      return result
    }
  }
  const { events, snapshots } = storage
  const log: EventLog = {
    ...events,
    append: guard('append', events.append),
    load: guard('load', events.load),
    findAppend: guard('findAppend', events.findAppend),
  }
  return {
    events: log,
    limits: storage.limits,
    incarnation: storage.incarnation,
    snapshots: {
      get: guard('snapshots.get', snapshots.get),
      save: guard('snapshots.save', snapshots.save),
      remove: guard('snapshots.remove', snapshots.remove),
    },
  }
}

/** A fate that counts the calls that it was asked about. */
export type CountingFate = Fate & { readonly calls: number }

/** Crashes at the n-th call, counted from 0, and never again. */
export function crashAt(call: number, when: 'before' | 'after'): CountingFate {
  const state = { calls: 0 }
  const fate: Fate = () => (state.calls++ === call ? when : 'none')
  return Object.defineProperty(fate, 'calls', { get: () => state.calls }) as CountingFate
}

/** Never crashes. */
export const noCrash: Fate = () => 'none'
