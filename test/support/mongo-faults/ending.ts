import type { Db } from 'mongodb'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { StoredEvent } from '../cosmos-faults/acknowledged-events.ts'
import { wrongAppends } from '../cosmos-faults/check-appends.ts'
import { checkLog, type Follower } from '../crash/check.ts'
import { checkAgreement } from '../mongo/agreement.ts'
import { totals, versions } from '../projecting/projections.ts'
import { untilCaughtUp } from '../projecting/until.ts'
import { plainFold, storedViews } from '../projecting/views.ts'
import { tell, type World } from './world.ts'
import type { Writers } from './writers.ts'

/** What is looked at when all is over. */
export type Remains = {
  /** Of a process to which nothing happened. */
  readonly port: StoragePort
  readonly database: Db
  /** Who read the feed all the time. */
  readonly follower: Follower
  readonly writers: Writers
  /** Stops the workers. */
  readonly stop: () => Promise<void>
}

// Milliseconds for catching up, on a machine that is busy.
const SETTLED_WITHIN = 20_000

/** Looks, once the faults are over, whether everything comes to its end and is as it should be. */
export async function ending(world: World, { port, database, follower, writers, stop }: Remains): Promise<void> {
  const looks = [
    () => untilCaughtUp(port, [versions, totals], SETTLED_WITHIN),
    stop,
    () => follower.read(),
    () => checkLog(port, follower, acknowledged(writers)),
    () => checkAgreement(database),
    () => checkStreams(world, database, writers),
    ...[versions, totals].map((projection) => async () => {
      const [stored, folded] = [await storedViews(port, projection), await plainFold(port, projection)]
      for (const key of new Set([...stored.keys(), ...folded.keys()])) {
        const [is, should] = [JSON.stringify(stored.get(key)), JSON.stringify(folded.get(key))]
        if (is !== should) world.fail(`view ${key} of ${projection.name} was folded to ${is} instead of ${should}`)
      }
    }),
  ]
  for (const look of looks) await look().catch((error) => world.fail(tell(error)))
}

const acknowledged = ({ attempts }: Writers) =>
  attempts
    .filter(({ outcome }) => outcome === 'acknowledged')
    .map((attempt) => ({ ...attempt, version: attempt.version as number }))

async function checkStreams(world: World, database: Db, { attempts, read }: Writers): Promise<void> {
  const documents = await database
    .collection('events')
    .find<Omit<StoredEvent, 'id'> & { readonly _id: string }>({}, { readConcern: { level: 'majority' } })
    .sort({ 'stream.version': 1 })
    .toArray()
  const events = documents.map(({ _id, ...event }) => ({ id: _id, ...event }))
  const streams = Map.groupBy(events, ({ stream }) => stream.id)
  for (const [streamId, of] of Map.groupBy(attempts, (attempt) => attempt.streamId)) {
    for (const wrong of wrongAppends(streamId, streams.get(streamId) ?? [], of, '')) world.fail(wrong)
  }
  const stored = new Map(events.map(({ id, eventData }) => [id, eventData.of]))
  for (const [id, of] of read) if (stored.get(id) !== of) world.fail(`${id} was read as of ${of}, and is not there`)
}
