import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'
import { isAlive, type KnownDocument } from './lease-expiry.ts'
import type { BalanceWorker } from './load-balancing.ts'

/** The workers that a worker knows, including itself. */
export type KnownWorkers = {
  /** The document of a worker, by the worker's id. */
  get(workerId: string): KnownDocument | undefined
  /** Adds a worker's document. @returns whether the worker was unknown in this life, or has other projections */
  set(known: KnownDocument): boolean
  delete(document: LeaseDocument): void
  /** The workers that are alive. @param now milliseconds since 1970 */
  alive(now: number): readonly BalanceWorker[]
  /** The documents of workers that left before a time. */
  goneSince(time: number): readonly Stored<LeaseDocument>[]
}

type Known = { readonly document: KnownDocument; readonly worker: BalanceWorker }

/** Creates an empty collection of workers. */
export function createKnownWorkers(): KnownWorkers {
  const byId = new Map<string, Known>()
  return {
    get: (workerId) => byId.get(workerId)?.document,
    set(known) {
      const { document } = known.stored
      const id = idOf(document)
      const before = byId.get(id)
      const projections = Array.isArray(document.projections) ? document.projections.map(String) : []
      const isSame =
        before !== undefined &&
        before.document.stored.document.life === document.life &&
        sameItems(before.worker.projections, projections)
      byId.set(id, { document: known, worker: isSame ? before.worker : { id, projections } })
      return !isSame
    },
    delete(document) {
      byId.delete(idOf(document))
    },
    alive: (now) => [...byId.values()].filter(({ document }) => isAlive(document, now)).map(({ worker }) => worker),
    goneSince: (time) =>
      [...byId.values()]
        .map(({ document }) => document)
        .filter(({ stored: { document }, seenAt }) => Math.max(document.expiresAt, seenAt) < time)
        .map(({ stored }) => stored),
  }
}

const idOf = ({ owner, id }: LeaseDocument): string => owner ?? id

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i])
