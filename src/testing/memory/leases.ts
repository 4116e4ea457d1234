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
    changes: (since) =>
      handle.run(() => {
        const all = [...state.leases.values()].map((stored) => storedOf<LeaseDocument>(stored))
        const documents = since === null ? all : all.filter(({ etag }) => Number(etag) > Number(since))
        return { documents, next: String(state.etag), all: since === null }
      }),
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
    remove: (id, etag) =>
      handle.run(() => {
        if (state.leases.get(id)?.etag !== etag) return false
        state.leases.delete(id)
        handle.wake('views')
        return true
      }),
  }
}
