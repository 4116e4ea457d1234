import { InvalidContinuation } from '../../core/errors/input.ts'
import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import { saveDocument, storedOf } from './documents.ts'
import type { Handle } from './handle.ts'

/** The lease store in memory. */
export function leaseStore(handle: Handle): LeaseStore {
  const { state } = handle
  return {
    list: ({ projection, version } = {}) =>
      handle.run(() =>
        [...state.leases.values()]
          .map((stored) => storedOf<LeaseDocument>(stored))
          .filter(({ document }) => projection === undefined || document.projection === projection)
          .filter(({ document }) => version === undefined || document.version === version),
      ),
    get: (id) =>
      handle.run(() => {
        const stored = state.leases.get(id)
        return stored && storedOf<LeaseDocument>(stored)
      }),
    async save(lease, condition) {
      const json = JSON.stringify(lease)
      return handle.run(() => {
        const result = saveDocument(state, state.leases, lease.id, json, condition)
        if (result.saved) handle.wake('views')
        return result
      })
    },
    changes: (since) =>
      handle.run(() => {
        const seen = since === null ? 0 : etagOf(since)
        const changed = [...state.leases.values()].filter(({ etag }) => Number(etag) > seen)
        return { documents: changed.map((stored) => storedOf<LeaseDocument>(stored)), next: String(state.etag) }
      }),
    remove: (id, etag) =>
      handle.run(() => {
        if (state.leases.get(id)?.etag !== etag) return false
        state.leases.delete(id)
        handle.wake('views')
        return true
      }),
  }
}

// ETags count up, so that one stands for all saves before it. Removals are not told, as on Cosmos DB.
function etagOf(since: string): number {
  if (!/^\d{1,15}$/.test(since)) throw new InvalidContinuation('it cannot be read')
  return Number(since)
}
