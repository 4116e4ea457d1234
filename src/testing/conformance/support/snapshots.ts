import type { SnapshotDocument } from '../../../core/port/snapshot-store.ts'

/** A snapshot of a stream. */
export const snapshot = (id: string, more: Partial<SnapshotDocument> = {}): SnapshotDocument => ({
  id,
  version: 3,
  state: { n: 1 },
  definition: 'abc',
  incarnation: 'one',
  takenAt: '2026-01-01T00:00:00.000Z',
  ...more,
})
