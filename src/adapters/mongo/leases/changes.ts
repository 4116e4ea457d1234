import { Timestamp } from 'mongodb'
import type { LeaseDocument, LeaseStore } from '../../../core/port/lease-store.ts'
import type { Attempt } from '../client/run.ts'
import { toStored } from '../client/stored-record.ts'
import type { Handle } from '../handle.ts'

/**
 * The server replaces this with the cluster time when a document is saved. That time advances with each save and never
 * goes back, whichever server is primary.
 */
export const NOW = new Timestamp({ t: 0, i: 0 })

/** The time limit of saving a lease on the server, in milliseconds. */
export const MOST_TIME = 10_000

// The maximum number of seconds between the time assigned to a save and the moment when it becomes visible.
const ON_THE_WAY = (2 * MOST_TIME) / 1000

/** `LeaseStore.changes`: documents that were saved since, found by an index on the save time. */
export function leaseChanges(handle: Handle): NonNullable<LeaseStore['changes']> {
  const { leases } = handle.collections
  return async (since) => {
    handle.assertOpen()
    return handle.run(async (attempt) => {
      const now = await timeOf(handle, attempt)
      const before = since === null ? undefined : decode(since)
      // A time ahead of the cluster time comes from another cluster, or from before a restore.
      const all = before === undefined || before.greaterThan(now)
      // An older release does not store the save time.
      const filter = all ? {} : { $or: [{ changed: { $gt: sureBefore(before) } }, { changed: { $exists: false } }] }
      const records = await leases.find(filter, { ...attempt }).toArray()
      return { documents: records.map((record) => toStored<LeaseDocument>(record)), next: encode(now), all }
    })
  }
}

/** A time up to which a read of this attempt sees everything. */
async function timeOf({ collections: { leases } }: Handle, { session }: Attempt): Promise<Timestamp> {
  if (session.operationTime === undefined) await leases.findOne({}, { session, projection: { _id: 1 } })
  return session.operationTime ?? NOW
}

const sureBefore = ({ t }: Timestamp): Timestamp => new Timestamp({ t: Math.max(0, t - ON_THE_WAY), i: 0 })

const encode = ({ t, i }: Timestamp): string => `${t}.${i}`

function decode(token: string): Timestamp | undefined {
  const [, t, i] = /^(\d{1,10})\.(\d{1,10})$/.exec(token) ?? []
  const isTime = [t, i].every((part) => part !== undefined && Number(part) < 2 ** 32)
  return isTime ? new Timestamp({ t: Number(t), i: Number(i) }) : undefined
}
