import type { Db, Document } from 'mongodb'
import { watchHolds } from '../holds.ts'

/** Sees each lease as it is committed, in that order. */
export type LeaseWatch = {
  readonly saves: number
  /** Waits for what was committed by now. */
  close(): Promise<void>
}

/** Watches that nobody saves a lease who has lost it. */
export async function watchLeases(database: Db, fail: (failure: string) => void): Promise<LeaseWatch> {
  const stream = database.collection('leases').watch<Document, { fullDocument?: Document }>([], { maxAwaitTimeMS: 100 })
  const savedHold = watchHolds(fail)
  let [saves, isClosing] = [0, false]

  function saved(lease: Document): void {
    saves++
    savedHold(lease._id, lease)
  }

  await stream.tryNext()
  const following = (async () => {
    for (;;) {
      const change = await stream.tryNext()
      if (change?.fullDocument) saved(change.fullDocument)
      else if (isClosing) return
    }
  })()
  following.catch(() => {})
  return {
    get saves() {
      return saves
    },
    async close() {
      isClosing = true
      await following.finally(() => stream.close())
    },
  }
}
