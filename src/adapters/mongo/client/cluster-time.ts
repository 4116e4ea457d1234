import type { ClientSession, Timestamp } from 'mongodb'

/**
 * The latest time of the cluster that this process has heard of. A primary that was elected just now has all that a
 * majority had acknowledged, but may need a moment until it knows so; its reads show older states until then. Who names
 * a time to it is answered from then on only.
 */
export class ClusterTime {
  #latest: Timestamp | undefined

  /** Has the reads of a session see at least what was seen so far. */
  begin(session: ClientSession): void {
    if (this.#latest) session.advanceOperationTime(this.#latest)
  }

  /** Remembers what a session has written, or seen. */
  note({ operationTime }: ClientSession): void {
    if (operationTime && !this.#latest?.greaterThanOrEqual(operationTime)) this.#latest = operationTime
  }
}
