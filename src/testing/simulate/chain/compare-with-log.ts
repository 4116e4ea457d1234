import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { type EventDocument, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { leafOf } from '../../../integrity/chain/leaf.ts'
import type { Ledger } from '../../../integrity/ledger/ledger.ts'
import { hashText } from '../../../integrity/merkle/hash.ts'
import type { PlainChain } from './plain-chain.ts'

/**
 * Compares a chain with the log as it is now. Only what ended with a tombstone may be missing from the log, or have a
 * leaf that nothing can be compared with, because the salt of its stream is erased.
 *
 * @param isComplete whether every event must be sealed
 * @returns what differs, and what is wrong with the chain itself
 */
export async function compareWithLog(
  chain: PlainChain,
  storage: Pick<StoragePort, 'feed'>,
  ledger: Pick<Ledger, 'get'>,
  isComplete: boolean,
): Promise<readonly string[]> {
  const faults = [...chain.faults]
  const log = new Map((await readLog(storage)).map((one) => [keyOf(one.event), one]))
  const events = [...log.values()].map(({ event }) => event)
  const ended = new Map(events.filter(isTombstone).map((event) => [event.stream.id, keyOf(event)]))
  const salts = await saltsOf(ledger, new Set(events.map(({ stream }) => stream.id)))
  for (const [key, { event, position }] of log) {
    const sealed = chain.leaves.get(key)
    if (sealed === undefined) {
      if (isComplete) faults.push(`${key} is not sealed`)
      continue
    }
    if (sealed.lsn !== position.lsn) faults.push(`${key} is sealed at ${sealed.lsn}, but is at ${position.lsn}`)
    const ofStream = event.metadata.salt !== undefined || isTombstone(event) ? undefined : salts.get(event.stream.id)
    if (ofStream === null) {
      if (!ended.has(event.stream.id)) faults.push(`${key} has no salt, although its stream goes on`)
    } else if (hashText(leafOf(event, ofStream)) !== sealed.leaf) faults.push(`${key} has another leaf`)
  }
  for (const key of chain.leaves.keys()) {
    if (!log.has(key) && !ended.has(key.slice(0, key.lastIndexOf('@'))))
      faults.push(`${key} is sealed, but not in the log`)
  }
  for (const [streamId, tombstone] of ended) {
    if (chain.leaves.has(tombstone) && salts.get(streamId))
      faults.push(`${tombstone} is sealed, but not its salt erased`)
  }
  return faults
}

const isTombstone = ({ eventType }: EventDocument): boolean => eventType === TOMBSTONE

const keyOf = ({ stream }: EventDocument): string => `${stream.id}@${stream.version}`

/** The salts of streams, null where there is none, or none any more. */
async function saltsOf(ledger: Pick<Ledger, 'get'>, streams: Iterable<string>): Promise<Map<string, string | null>> {
  const salts = new Map<string, string | null>()
  for (const streamId of streams) {
    const salt = (await ledger.get('salt', streamId))?.document.salt
    salts.set(streamId, typeof salt === 'string' ? salt : null)
  }
  return salts
}

async function readLog({ feed }: Pick<StoragePort, 'feed'>): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = []
  for (const range of await feed.ranges()) {
    for (let from = 'start', caughtUp = false; !caughtUp; ) {
      const page = await feed.read(range, from)
      events.push(...page.events)
      from = page.continuation
      caughtUp = page.caughtUp
    }
  }
  return events
}
