import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import type { Handle } from './handle.ts'
import { replacesOf, revisionOf, type StoredRow, saveResult, toStored } from './stored-documents.ts'

/** The lease store. */
export function leaseStore(handle: Handle): LeaseStore {
  const { database, writer } = handle.documents
  return {
    async list({ projection = null, version = null } = {}) {
      await handle.ready()
      const sql = `
        SELECT revision, document, id FROM leases
        WHERE (?1 IS NULL OR projection = ?1) AND (?2 IS NULL OR version = ?2) ORDER BY id`
      const rows = database.read(() => database.all<readonly [...StoredRow, id: string]>(sql, projection, version))
      return rows.map(([revision, document, id]) => toStored<LeaseDocument>([revision, document], id))
    },
    async changes(since) {
      await handle.ready()
      return database.read(() => {
        const revision = database.get<[number]>(`SELECT value FROM storage WHERE name = 'revision'`)?.[0] ?? 0
        const known = since === null ? 0 : revisionOf(since)
        // A restored file has an earlier counter.
        const all = known === 0 || known > revision
        const sql = 'SELECT revision, document, id FROM leases WHERE revision > ?'
        const rows = database.all<readonly [...StoredRow, id: string]>(sql, all ? 0 : known)
        const documents = rows.map(([of, document, id]) => toStored<LeaseDocument>([of, document], id))
        return { documents, next: String(revision), all }
      })
    },
    async get(id) {
      await handle.ready()
      const row = database.readOne<StoredRow>('SELECT revision, document FROM leases WHERE id = ?', id)
      return row && toStored<LeaseDocument>(row, id)
    },
    async save(lease, condition) {
      handle.assertOpen()
      const { id, projection, version } = lease
      const text = JSON.stringify(lease)
      const marks = handle.marks.ofLease(lease)
      const item = ['lease', id, projection, version, replacesOf(condition), text, marks] as const
      return saveResult(await writer.submit(item, text.length))
    },
    async remove(id, etag) {
      handle.assertOpen()
      const answer = await writer.submit(['removeLease', id, revisionOf(etag)])
      return answer[0] === 'done'
    },
  }
}
