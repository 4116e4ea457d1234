import type { ClientSession, Timestamp } from 'mongodb'

/**
 * The latest cluster time that this process knows. A newly elected primary has everything that a majority had
 * acknowledged, but may need a moment until it knows this, and its reads show older states until then. A read that
 * names a time gets a response that is at least as recent.
 */
export class ClusterTime {
  #latest: Timestamp | undefined

  /** Makes the reads of a session at least as recent as everything seen so far. */
  begin(session: ClientSession): void {
    if (this.#latest) session.advanceOperationTime(this.#latest)
  }

  /** Records what a session has written or seen. */
  note({ operationTime }: ClientSession): void {
    if (operationTime && !this.#latest?.greaterThanOrEqual(operationTime)) this.#latest = operationTime
  }
}
