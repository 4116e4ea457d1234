import type { StoredDocument } from '../documents/stored-document.ts'
import type { Partition } from './partition.ts'

/** A partition as it was after one of its transactions, for those who read. */
export type PartitionView = {
  /** The last transaction that it shows. */
  readonly lsn: number
  /** In the order of their numbers. */
  documents(): Iterable<StoredDocument>
  /** The documents of one partition key, in the order of their numbers. */
  documentsOf(key: string): Iterable<StoredDocument>
  get(key: string, id: string): StoredDocument | undefined
  /** What was written after `lsn`, in the latest versions that the view shows, in the order of LSNs. */
  changesAfter(lsn: number): Iterable<StoredDocument>
}

/**
 * Looks at a partition.
 *
 * @param behind how many transactions behind the last one; less when the partition does not keep so many
 * @param atLeast a transaction that must be shown, however far behind the view would else be
 */
export function viewOf(partition: Partition, behind: number, atLeast: number): PartitionView {
  const asked = Math.min(Math.max(partition.lsn - behind, atLeast), partition.lsn)
  return asked === partition.lsn ? partition : olderView(partition, asked)
}

function olderView(partition: Partition, asked: number): PartitionView {
  const { lsn, before } = partition.undone(asked)
  const gone = [...before.values()].filter((document) => document !== undefined)
  const isUntouched = ({ number }: StoredDocument) => !before.has(number)
  const older = (now: Iterable<StoredDocument>, then: StoredDocument[], order: 'number' | 'lsn') =>
    [...Iterator.from(now).filter(isUntouched), ...then].sort((a, b) => a[order] - b[order])
  return {
    lsn,
    documents: () => older(partition.documents(), gone, 'number'),
    documentsOf: (key) =>
      older(
        partition.documentsOf(key),
        gone.filter((document) => document.key === key),
        'number',
      ),
    get(key, id) {
      const then = gone.find((document) => document.key === key && document.item.id === id)
      const now = partition.get(key, id)
      return then ?? (now !== undefined && isUntouched(now) ? now : undefined)
    },
    changesAfter: (after) =>
      older(
        partition.changesAfter(after),
        gone.filter((document) => document.lsn > after),
        'lsn',
      ),
  }
}
