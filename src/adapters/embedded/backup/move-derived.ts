import { decodeContinuation, encodeContinuation, isEncodedContinuation } from '../../../core/adapters/continuation.ts'
import { IncarnationMismatch } from '../../../core/errors/feed.ts'
import { InvalidContinuation } from '../../../core/errors/input.ts'
import type { Continuation } from '../../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import type { Database } from '../sqlite/database.ts'

/** Moves everything that was derived from one incarnation of the log to another one, which contains the same events. */
export function moveDerived(documents: Database, previous: string, incarnation: string): void {
  const leases = documents.all<[id: string, document: string]>(
    `SELECT id, document FROM leases WHERE json_extract(document, '$.incarnation') = ?`,
    previous,
  )
  for (const [id, text] of leases) {
    const lease: LeaseDocument = JSON.parse(text)
    const continuation = moveContinuation(lease, previous, incarnation)
    const moved = JSON.stringify({ ...lease, continuation, incarnation })
    documents.statement('UPDATE leases SET document = ? WHERE id = ?').run(moved, id)
  }
  for (const table of ['views', 'snapshots']) {
    const sql = `
      UPDATE ${table} SET document = json_set(document, '$.incarnation', ?)
      WHERE json_extract(document, '$.incarnation') = ?`
    documents.statement(sql).run(incarnation, previous)
  }
  documents.statement('UPDATE derived SET incarnation = ? WHERE incarnation = ?').run(incarnation, previous)
}

function moveContinuation(
  { continuation, range }: LeaseDocument,
  previous: string,
  incarnation: string,
): Continuation | null {
  if (continuation === null || !isEncodedContinuation(continuation)) return continuation
  try {
    return encodeContinuation({ ...decodeContinuation(continuation, range, previous), range, incarnation })
  } catch (error) {
    // The worker that takes the lease will report it.
    if (error instanceof IncarnationMismatch || error instanceof InvalidContinuation) return continuation
    throw error
  }
}
