import type { Db, Document } from 'mongodb'

/** Sees each lease as it is committed, in that order. */
export type LeaseWatch = {
  readonly saves: number
  /** Waits for what was committed by now. */
  close(): Promise<void>
}

/** Watches that nobody saves a lease who has lost it. */
export async function watchLeases(database: Db, fail: (failure: string) => void): Promise<LeaseWatch> {
  const stream = database.collection('leases').watch<Document, { fullDocument?: Document }>([], { maxAwaitTimeMS: 100 })
  const holds = new Map<string, { now: unknown; readonly past: Set<unknown> }>()
  let [saves, isClosing] = [0, false]

  function saved({ _id, hold, owner }: Document): void {
    saves++
    if (hold === undefined) return
    const known = holds.get(_id) ?? { now: hold, past: new Set() }
    holds.set(_id, known)
    if (known.now === hold) return
    if (known.past.has(hold)) fail(`lease ${_id} was saved by ${owner}, who had lost it`)
    known.past.add(known.now)
    known.now = hold
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
