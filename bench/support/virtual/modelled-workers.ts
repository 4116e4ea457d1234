import { type LeaseDocument, type LeaseStore, leaseId } from '../../../src/core/port/lease-store.ts'
import type { Stored } from '../../../src/core/port/save.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import type { VirtualTime } from './time.ts'

/** How large a cluster is. */
export type ClusterSize = { readonly workers: number; readonly ranges: number; readonly projections: number }

/** The storage of a cluster whose workers are a model: they own everything, renew themselves, and do nothing else. */
export type ModelledCluster = {
  readonly port: StoragePort
  /** What whoever runs on `port` was given, and did. */
  readonly counts: { looks: number; documents: number; saves: number; reads: number }
}

const DURATION = 15_000
// As often as workers renew themselves in the mean, with the settings by default.
const RENEWED = 4_750

/** Makes the storage. @param names of the projections, all of version 1 */
export function modelledWorkers(
  { workers, ranges }: ClusterSize,
  names: readonly string[],
  { clock }: VirtualTime,
): ModelledCluster {
  const memory = openMemory({ clock })
  const counts = { looks: 0, documents: 0, saves: 0, reads: 0 }
  const documents = new Map<string, Stored<LeaseDocument>>()
  const saved: { readonly id: string; readonly at: number }[] = []
  const bound = (i: number) => (i === ranges ? 'FF' : i === 0 ? '' : i.toString(16).toUpperCase().padStart(4, '0'))
  const intervals = Array.from({ length: ranges }, (_, i) => ({ min: bound(i), max: bound(i + 1) }))
  let etag = 0

  function store(document: LeaseDocument): string {
    const next = String(++etag)
    documents.set(document.id, { document, etag: next })
    saved.push({ id: document.id, at: etag })
    return next
  }

  const base = { version: 1, duration: DURATION, incarnation: memory.incarnation, continuation: null, readTo: 0 }
  const whole = { min: '', max: 'FF' }
  const versions = names.map((name) => `${name}:1`)
  const renew = (i: number) => {
    const owner = `w${i}`
    const id = `$workers:1:${owner}`
    const expiresAt = clock.now() + DURATION
    const rest = { owner, life: owner, projections: versions, expiresAt }
    store({ ...base, ...rest, id, projection: '$workers', range: whole })
  }
  for (const projection of names) {
    for (const [i, range] of intervals.entries()) {
      const owner = `w${Math.floor((i * workers) / ranges)}`
      const id = leaseId(projection, 1, range)
      store({ ...base, id, projection, range, owner, life: owner, expiresAt: clock.now() + DURATION, state: 'idle' })
    }
  }
  async function live(i: number): Promise<void> {
    await clock.sleep((i * RENEWED) / workers)
    for (;;) {
      renew(i)
      await clock.sleep(RENEWED)
    }
  }
  for (let i = 0; i < workers; i++) {
    renew(i)
    void live(i)
  }

  const leases: LeaseStore = {
    list: async () => [...documents.values()],
    async changes(since) {
      counts.looks++
      const after = since === null ? 0 : saved.findLastIndex(({ at }) => at <= Number(since)) + 1
      const ids = new Set(saved.slice(after).map(({ id }) => id))
      const changed = [...ids].flatMap((id) => documents.get(id) ?? [])
      counts.documents += changed.length
      return { documents: changed, next: String(etag), all: since === null }
    },
    get: async (id) => documents.get(id),
    async save(lease, condition) {
      counts.saves++
      const now = documents.get(lease.id)
      const holds = condition === 'ifAbsent' ? now === undefined : now?.etag === condition.ifMatch
      return holds ? { saved: true, etag: store(lease) } : { saved: false }
    },
    async remove(id, given) {
      if (documents.get(id)?.etag !== given) return false
      return documents.delete(id)
    },
  }
  const feed: StoragePort['feed'] = {
    ...memory.feed,
    ranges: async () => intervals,
    async read() {
      counts.reads++
      return { events: [], continuation: 'end', caughtUp: true, readTo: 0 }
    },
    // A storage that is polled, as on Azure Cosmos DB.
    changed: (signal) => clock.sleep(1_000, signal),
  }
  return { port: { ...memory, leases, feed }, counts }
}
