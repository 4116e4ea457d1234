import type { ChangeStream, Db, Document } from 'mongodb'
import type { Collections } from '../client/collections.ts'
import { deadlineIn } from '../client/deadline.ts'

/** The kinds of changes: events, or what is derived from them. */
export type Kind = 'events' | 'documents'

export const KINDS: readonly Kind[] = ['events', 'documents']

/** A change stream that is being followed. */
export type FollowedStream = {
  /** Never resolves while the stream is open. @throws the reason why it ended */
  readonly ended: Promise<void>
  close(): Promise<void>
}

// Milliseconds that the server delays a response while nothing happens: one request in that time is the only cost.
const AWAIT = 5000

// After this much additional silence, the connection counts as dead.
const SILENT = 10_000

// The time limit of closing, in milliseconds.
const CLOSE = 1000

/**
 * Follows the writes into the collections of a storage.
 *
 * @param word called with the kind of each change, and for an event with its slot
 * @param opened called with the stream's first response: anything written before it may have been missed
 */
export function followStream(
  database: Db,
  collections: Collections,
  word: (kind: Kind, slot?: number) => void,
  opened: () => void,
): FollowedStream {
  const events = collections.events.collectionName
  const pipeline = pipelineFor(events, [collections.views.collectionName, collections.leases.collectionName])
  const stream: ChangeStream<Document, Change> = database.watch(pipeline, {
    maxAwaitTimeMS: AWAIT,
    readPreference: 'primary',
    readConcern: { level: 'majority' },
  })
  // The first response contains a place to resume from; asking for changes would wait for one.
  stream.once('resumeTokenChanged', opened)
  const follow = async () => {
    while (!stream.closed) {
      const change = await deadlineIn(AWAIT + SILENT).bound(stream.tryNext())
      if (change?.ns?.coll === events) word('events', change.fullDocument?.slot)
      else if (change) word('documents')
    }
  }
  return { ended: follow(), close: () => deadlineIn(CLOSE).bound(stream.close()) }
}

type Change = { readonly ns?: { readonly coll?: string }; readonly fullDocument?: { readonly slot?: number } }

/**
 * Little is requested: for each append the slot of its last event, and no documents. Assigning LSNs is an update, and
 * not reported.
 */
const pipelineFor = (events: string, derived: readonly string[]): Document[] => [
  {
    $match: {
      $or: [
        {
          'ns.coll': events,
          operationType: 'insert',
          $expr: { $eq: ['$fullDocument.append.last', '$fullDocument.stream.version'] },
        },
        { 'ns.coll': { $in: derived }, operationType: { $in: ['insert', 'update', 'replace', 'delete'] } },
        { operationType: { $in: ['invalidate', 'dropDatabase'] } },
      ],
    },
  },
  { $project: { _id: 1, ns: 1, 'fullDocument.slot': 1 } },
]
