import { Timestamp } from 'mongodb'
import type { LeaseDocument, LeaseStore } from '../../../core/port/lease-store.ts'
import type { Attempt } from '../client/run.ts'
import { toStored } from '../client/stored-record.ts'
import type { Handle } from '../handle.ts'

/**
 * What the server sets the cluster's time for when a document is saved with it. The time goes on with each save and
 * never back, whoever is the primary.
 */
export const NOW = new Timestamp({ t: 0, i: 0 })

/** Milliseconds that a save of a lease may take on the server. */
export const MOST_TIME = 10_000

// Seconds between the time that a save was given and the moment from which on others see it, at the very most.
const ON_THE_WAY = (2 * MOST_TIME) / 1000

/** `LeaseStore.changes`: documents that were saved since, by the index of when they were. */
export function leaseChanges(handle: Handle): NonNullable<LeaseStore['changes']> {
  const { leases } = handle.collections
  return async (since) => {
    handle.assertOpen()
    return handle.run(async (attempt) => {
      const now = await timeOf(handle, attempt)
      const before = since === null ? undefined : decode(since)
      // What lies ahead of the cluster's time is of another one, or of a database that was put back.
      const all = before === undefined || before.greaterThan(now)
      // An older release says nothing of when it saved.
      const filter = all ? {} : { $or: [{ changed: { $gt: sureBefore(before) } }, { changed: { $exists: false } }] }
      const records = await leases.find(filter, { ...attempt }).toArray()
      return { documents: records.map((record) => toStored<LeaseDocument>(record)), next: encode(now), all }
    })
  }
}

/** A time of which a read of this attempt sees everything. */
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
