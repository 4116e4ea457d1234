import type { ClientSession, Collection, CollectionOptions, Db, Document, MongoClient } from 'mongodb'
import type { AppendItem } from '../../../src/adapters/mongo/append/items.ts'
import type { Collections } from '../../../src/adapters/mongo/client/collections.ts'
import type { Deadline } from '../../../src/adapters/mongo/client/deadline.ts'
import type { StoredSlot } from '../../../src/adapters/mongo/documents.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { Minority } from '../../support/mongo/minority.ts'
import type { RunOptions } from '../../support/mongo-faults/run.ts'
import { overwrite, withLeasesOverwritten } from '../simulate/mutations.ts'

// What must not be done with MongoDB, done.

type Module = Record<string, unknown>

/** Something broken on purpose: between a process and its storage, or in a module of the adapter. */
export type Mutation = Pick<RunOptions, 'interpose'> & {
  readonly replace?: { readonly module: string; readonly by: (original: never) => Module }
  readonly symptom: RegExp
}

const viewsWithoutRevision: Mutation = {
  interpose: (port): StoragePort => ({
    ...port,
    viewStore: { ...port.viewStore, save: (document) => overwrite(port, document) },
  }),
  symptom: /was folded to/,
}

const leasesWithoutRevision: Mutation = { interpose: withLeasesOverwritten, symptom: /who had lost it/ }

type CommitGroup = typeof import('../../../src/adapters/mongo/append/commit-batch.ts')

let tries = 0

/** Each time that it is tried, an append is another one, so that nobody can know it again. */
const otherIds: Mutation = {
  replace: {
    module: 'append/commit-batch.ts',
    by: ({ commitGroup }: CommitGroup) => ({
      commitGroup: ((handle, heads, items, how) => {
        const renamed = items.map((item): AppendItem => {
          const events = item.events.map((event) => {
            const eventId = `${event.eventId} as ${++tries}`
            const metadata = JSON.stringify({ ...JSON.parse(event.metadata), eventId })
            return { ...event, eventId, metadata }
          })
          return { ...item, events, appendId: `${item.appendId} as ${tries}` }
        })
        return commitGroup(handle, heads, renamed, how)
      }) satisfies CommitGroup['commitGroup'],
    }),
  },
  symptom: /events are at|was refused, and ends at/,
}

/** Runs what belongs into a transaction, and ends it in some way. */
const transacting = (
  begin: (session: ClientSession) => void,
  end: (session: ClientSession, deadline: Deadline) => Promise<unknown>,
): NonNullable<Mutation['replace']> => ({
  module: 'append/transaction.ts',
  by: () => ({
    async transact(
      { client }: { readonly client: MongoClient },
      deadline: Deadline,
      work: (call: (what: (session: ClientSession) => unknown) => unknown) => Promise<unknown>,
    ) {
      const session = client.startSession()
      try {
        begin(session)
        const result = await deadline.bound(work((call) => call(session)))
        await end(session, deadline)
        return result
      } finally {
        session.endSession().catch(() => {})
      }
    },
  }),
})

const withoutTransaction: Mutation = {
  replace: transacting(
    () => {},
    async () => {},
  ),
  symptom: /the head of|events are at|reused|versions of/,
}

const concerns = { readConcern: { level: 'majority' }, writeConcern: { w: 'majority', journal: true } } as const

/** A commit whose answer is lost is taken for one that took place. */
const commitsBelieved: Mutation = {
  replace: transacting(
    (session) => session.startTransaction(concerns),
    (session, deadline) => deadline.bound(session.commitTransaction()).catch(() => {}),
  ),
  symptom: /it was lost|was acknowledged for/,
}

type OpenCollections = typeof import('../../../src/adapters/mongo/client/collections.ts')
type Update = (filter: Document, update: Document, options?: Document) => unknown

/** Puts other methods over those of a collection. */
const over = <T extends Document>(collection: Collection<T>, methods: Readonly<Record<string, unknown>>) =>
  new Proxy(collection, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(methods, name)) return methods[name]
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const tampering = (tamper: (collections: Collections) => Partial<Collections>): NonNullable<Mutation['replace']> => ({
  module: 'client/collections.ts',
  by: ({ openCollections }: OpenCollections) => ({
    openCollections(...given: Parameters<OpenCollections['openCollections']>) {
      const collections = openCollections(...given)
      return { ...collections, ...tamper(collections) }
    },
  }),
})

/** Two who give LSNs at once both believe that theirs count. */
const counterWithoutCompare: Mutation = {
  replace: tampering(({ slots }) => {
    const updateOne: Update = ({ _id, ...filter }, update, options) =>
      slots.updateOne({ _id, ...(update.$set?.plan === undefined && filter) }, update, options)
    return { slots: over(slots, { updateOne }) }
  }),
  symptom: /the LSNs of slot|one append an LSN|behind a position|positions grow|was folded to|events without an LSN/,
}

/** Whoever finds a promise of LSNs leaves it to whoever made it. */
const promisesLeftAlone: Mutation = {
  replace: tampering(({ slots, events }) => {
    const own = new Set<string>()
    const updateOne: Update = (filter, update, options) => {
      for (const { lsn } of (update.$set?.plan as StoredSlot['plan']) ?? []) own.add(`${filter._id}:${lsn}`)
      return slots.updateOne(filter, update, options)
    }
    const bulkWrite = async (writes: readonly { updateOne: { filter: Document; update: Document } }[], how: object) => {
      const mine = writes.filter(({ updateOne: { filter, update } }) => own.has(`${filter.slot}:${update.$set?.lsn}`))
      return mine.length === 0 ? undefined : events.bulkWrite(mine as Parameters<typeof events.bulkWrite>[0], how)
    }
    return { slots: over(slots, { updateOne }), events: over(events, { bulkWrite }) }
  }),
  symptom:
    /the LSNs of slot|events without an LSN|behind a position|no gap in|is whole|was acknowledged for|Not within/,
}

type SlotPart = typeof import('../../../src/adapters/mongo/sequence/slot-part.ts')

/** Reads as far as there are LSNs, and not only as far as all of them are where they belong. */
const readBeyondPromises: Mutation = {
  replace: {
    module: 'sequence/slot-part.ts',
    by: ({ eventsBetween }: SlotPart) => ({
      eventsBetween(part: Parameters<SlotPart['eventsBetween']>[0], behind: number) {
        return eventsBetween(part, behind, Number.MAX_SAFE_INTEGER)
      },
    }),
  },
  symptom: /behind a position|positions grow|no gap in|was folded to/,
}

/** By what is wrong. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'a lost append asked for again under other event ids': otherIds,
  'an append without a transaction': withoutTransaction,
  'a commit whose answer was lost taken for one that took place': commitsBelieved,
  'LSNs promised without a look whether somebody else has': counterWithoutCompare,
  'a promise of LSNs left to whoever made it, who is gone': promisesLeftAlone,
  'a page that goes on where LSNs are still being written': readBeyondPromises,
  'views saved without their revision': viewsWithoutRevision,
  'leases saved without their revision': leasesWithoutRevision,
}

type Concerns = Pick<CollectionOptions, 'readConcern' | 'writeConcern'>

/** Collections that are used in another way than they must be. */
const concerned = (concerns: Concerns): NonNullable<Mutation['replace']> => ({
  module: 'client/collections.ts',
  by: ({ openCollections, COLLECTION_OPTIONS, CONCERNS }: OpenCollections) => ({
    CONCERNS: { ...CONCERNS, ...concerns },
    openCollections(database: Db, prefix: string) {
      const collections = Object.entries(openCollections(database, prefix)).map(([name, { collectionName }]) => [
        name,
        database.collection(collectionName, { ...COLLECTION_OPTIONS, ...concerns }),
      ])
      return Object.fromEntries(collections)
    },
  }),
})

/** What shows where a primary is cut off from the rest of its set. */
export const minorityMutations: Readonly<
  Record<string, { readonly replace: NonNullable<Mutation['replace']>; isSeen(what: Minority): boolean }>
> = {
  'reads of what only the primary has': {
    replace: concerned({ readConcern: { level: 'local' } }),
    isSeen: ({ read }) => read === 2,
  },
  'appends acknowledged by the primary alone': {
    replace: concerned({ writeConcern: { w: 1, journal: true } }),
    isSeen: ({ acknowledged, events }) => acknowledged && events.length === 1,
  },
}
