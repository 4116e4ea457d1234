import type { tryAppend } from '../../../src/aggregates/commands/append-or-conflict.ts'
import type { findCommand } from '../../../src/aggregates/commands/command-id.ts'
import type { JsonObject } from '../../../src/core/json/json.ts'
import type { EventDocument } from '../../../src/core/port/event-document.ts'
import type { EventLog } from '../../../src/core/port/event-log.ts'
import type { Stored } from '../../../src/core/port/save.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../../src/core/port/view-store.ts'
import { containsInterval, type HashInterval } from '../../../src/core/positions/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../../src/core/positions/position.ts'
import type { takeLease } from '../../../src/processor/leases/lease.ts'
import type { createWorkerRegistry } from '../../../src/processor/leases/worker-registry.ts'
import type { PausedRange } from '../../../src/processor/ranges/paused-range.ts'
import type { waitingEvents } from '../../../src/processor/replay/load-waiting-events.ts'
import type { MemoryStorage } from '../../../src/testing/memory/index.ts'
import type { Part } from '../../../src/testing/simulate/world/parts.ts'

// What must not be done, done: each of these loses events or folds them twice, sooner or later.

/** Something broken on purpose: between the workers and their storage, or in place of a module of src/. */
export type Mutation = {
  readonly interpose?: (port: StoragePort, db: MemoryStorage) => StoragePort
  readonly replace?: {
    readonly module: string
    readonly by: Record<string, unknown> | ((original: Record<string, unknown>) => Record<string, unknown>)
  }
  /** The parts that it shows in; by default none is needed. */
  readonly parts?: readonly Part[]
  /** What comes of it where views stay as they should be: two workers that read one range, say. */
  readonly symptom?: RegExp
}

const oneLsnPerView: Mutation = {
  replace: {
    module: 'core/positions/tidemark.ts',
    by: {
      hasFolded: ([mark]: readonly Tidemark[], position: Position) => mark && comparePositions(mark, position) >= 0,
      advance: (_: readonly Tidemark[], __: HashInterval, { lsn, hash, version }: Position) => [
        { min: '', max: 'FF', lsn, hash, version },
      ],
    },
  },
}

const lsnAlone: Mutation = {
  replace: {
    module: 'core/positions/position.ts',
    by: { comparePositions: (a: Position, b: Position) => a.lsn - b.lsn },
  },
}

const lsnWithoutHash: Mutation = {
  replace: {
    module: 'core/positions/position.ts',
    by: { comparePositions: (a: Position, b: Position) => a.lsn - b.lsn || a.version - b.version },
  },
}

const splitForgetsTheParent: Mutation = {
  replace: {
    module: 'core/positions/tidemark.ts',
    by: {
      hasFolded: (marks: readonly Tidemark[], position: Position) => {
        const around = marks.filter(({ min, max }) => position.hash >= min && position.hash < max)
        const finest = around.reduce<Tidemark | undefined>(
          (found, mark) => (found === undefined || containsInterval(found, mark) ? mark : found),
          undefined,
        )
        return finest !== undefined && comparePositions(finest, position) >= 0
      },
      advance: (marks: readonly Tidemark[], range: HashInterval, { lsn, hash, version }: Position) => [
        ...marks.filter((mark) => !containsInterval(mark, range)),
        { min: range.min, max: range.max, lsn, hash, version },
      ],
    },
  },
}

/** Events tagged with the range of the partition that they came from, which after a merge holds several of ours. */
const mergedRangesAsOne: Mutation = {
  interpose: (port, db) => ({
    ...port,
    feed: {
      ...port.feed,
      async read(range, from, options) {
        const page = await port.feed.read(range, from, options)
        const { min, max } = db.state.partitions.find((partition) => containsInterval(partition, range)) ?? range
        return { ...page, events: page.events.map((event) => ({ ...event, range: { min, max } })) }
      },
    },
  }),
}

const saving = (port: StoragePort, save: StoragePort['viewStore']['save']): StoragePort => ({
  ...port,
  viewStore: { ...port.viewStore, save },
})

/** A save that finds somebody else's document replaces it. */
export async function overwrite(port: StoragePort, document: ViewDocument) {
  for (;;) {
    const found = await port.viewStore.get(document)
    const result = await port.viewStore.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
    if (result.saved) return result
  }
}

/** A port whose leases are saved whatever stands there. */
export const withLeasesOverwritten = (port: StoragePort): StoragePort => ({
  ...port,
  leases: {
    ...port.leases,
    async save(lease) {
      for (;;) {
        const found = await port.leases.get(lease.id)
        const result = await port.leases.save(lease, found ? { ifMatch: found.etag } : 'ifAbsent')
        if (result.saved) return result
      }
    },
  },
})

const firstSaveWithoutIfAbsent: Mutation = {
  interpose: (port) =>
    saving(port, (document, condition) =>
      condition === 'ifAbsent' ? overwrite(port, document) : port.viewStore.save(document, condition),
    ),
}

const savesWithoutEtag: Mutation = {
  interpose: (port) => saving(port, (document) => overwrite(port, document)),
}

const goneViewsForgetTheirTidemarks: Mutation = {
  interpose: (port, db) =>
    saving(port, async (document, condition) => {
      const result = await port.viewStore.save(document, condition)
      if (result.saved && document.data === null) db.state.views.delete(viewId(document))
      return result
    }),
}

/** As soon as a page was read, the leases of its range go on. */
const continuationBeforeTheViews: Mutation = {
  interpose: (port) => ({
    ...port,
    feed: {
      ...port.feed,
      async read(range, from, options) {
        const page = await port.feed.read(range, from, options)
        for (const { document, etag } of await port.leases.list()) {
          if (document.continuation !== (from === 'start' ? null : from)) continue
          if (document.range.min !== range.min || document.range.max !== range.max) continue
          await port.leases.save(
            { ...document, continuation: page.continuation, readTo: page.readTo },
            { ifMatch: etag },
          )
        }
        return page
      },
    },
  }),
}

/**
 * The mark in a document of its own, under an ETag of its own, and the view saved only if something was folded into it:
 * so whoever read the view before may fold past the mark.
 */
const parkedMarkOutsideTheView: Mutation = {
  interpose(port, db) {
    const { viewStore } = port
    const markRef = ({ projection, version, key }: ViewRef): ViewRef => ({
      projection: `$mark-${projection}`,
      version,
      key,
    })
    const isPlain = ({ projection }: ViewRef) => !projection.startsWith('$')
    const withMark = (stored: Stored<ViewDocument>): Stored<ViewDocument> => {
      const mark = db.state.views.get(viewId(markRef(stored.document)))
      const { data } = mark ? (JSON.parse(mark.json) as ViewDocument) : { data: null }
      return data === null ? stored : { ...stored, document: { ...stored.document, parked: data } }
    }
    const bare = ({ data, tidemarks }: ViewDocument) => JSON.stringify([data, tidemarks])
    return {
      ...port,
      viewStore: {
        ...viewStore,
        async get(ref) {
          const stored = await viewStore.get(ref)
          return stored && isPlain(ref) ? withMark(stored) : stored
        },
        async getMany(projection, version, keys) {
          const stored = await viewStore.getMany(projection, version, keys)
          return new Map([...stored].map(([key, view]) => [key, withMark(view)]))
        },
        async save(document, condition) {
          if (!isPlain(document)) return viewStore.save(document, condition)
          const { parked = null, ...view } = document
          const found = db.state.views.get(viewId(document))
          const isAsBefore =
            condition !== 'ifAbsent' && parked !== null && found && bare(JSON.parse(found.json)) === bare(document)
          const result = isAsBefore
            ? { saved: true as const, etag: condition.ifMatch }
            : await viewStore.save(view as ViewDocument, condition)
          if (!result.saved) return result
          const ref = markRef(document)
          const mark = await viewStore.get(ref)
          if (parked === null && mark === undefined) return result
          const data = parked as JsonObject | null
          const { incarnation } = document
          await overwrite(port, { ...ref, id: viewId(ref), data, incarnation, tidemarks: [] })
          return result
        },
      },
    }
  },
}

type Taken = Awaited<ReturnType<typeof takeLease>>

/** Whoever took a lease goes on with it, whatever becomes of it. */
const leaseKeptAfterItsLoss: Mutation = {
  replace: {
    module: 'processor/leases/lease.ts',
    by: (original) => ({
      async takeLease(...args: Parameters<typeof takeLease>): Promise<Taken> {
        const lease = await (original.takeLease as typeof takeLease)(...args)
        const ended = new AbortController().signal
        return (
          lease &&
          Object.create(lease, {
            ended: { value: ended },
            check: { value: () => true },
            lose: { value: () => {} },
            yieldTo: { value: () => {} },
            safeUntil: { value: Number.POSITIVE_INFINITY },
          })
        )
      },
    }),
  },
  symptom: /claim/,
}

/** What a replica does not show yet is taken for erased, so that replaying passes over it. */
const unseenTakenForErased: Mutation = {
  replace: {
    module: 'processor/replay/load-waiting-events.ts',
    by: (original) => ({
      waitingEvents(storage: StoragePort, ...rest: Tail<Parameters<typeof waitingEvents>>) {
        const read: EventLog['read'] = async function* (streamId, options = {}) {
          const shown = new Map<number, EventDocument>()
          for await (const event of storage.events.read(streamId, options)) shown.set(event.stream.version, event)
          const { from = 1, to = 0 } = options
          for (let version = from; version <= to; version++) {
            yield shown.get(version) ?? ({ stream: { id: streamId, version }, eventType: 'Unseen' } as EventDocument)
          }
        }
        return (original.waitingEvents as typeof waitingEvents)(
          { ...storage, events: { ...storage.events, read } },
          ...rest,
        )
      },
    }),
  },
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never

/** Readers are shown a version that may not have got as far as the one before. */
const switchWithoutWaiting: Mutation = {
  replace: { module: 'processor/versions/covered-positions.ts', by: { haveReached: () => true } },
  parts: ['versions'],
  symptom: /regressed|stale/,
}

/** The views of a version are removed beneath those who run it. */
const removedBeneathItsWorkers: Mutation = {
  replace: { module: 'processor/versions/assert-unused.ts', by: { assertUnused: async () => {} } },
  parts: ['versions'],
}

/** The process that was there first does not give way. */
const nameKeptByTwo: Mutation = {
  replace: {
    module: 'processor/leases/worker-registry.ts',
    by: (original) => ({
      createWorkerRegistry(options: Parameters<typeof createWorkerRegistry>[0]) {
        const registry = (original.createWorkerRegistry as typeof createWorkerRegistry)(options)
        return Object.create(registry, {
          renew: {
            value: () =>
              registry.renew().catch((error: unknown) => {
                if (!(error instanceof Error) || error.name !== 'WorkerReplaced') throw error
              }),
          },
        })
      },
    }),
  },
  parts: ['names'],
  symptom: /does not learn/,
}

const partLeftOut: Mutation = {
  replace: {
    module: 'core/positions/view-slices.ts',
    by: { partKeys: (key: string, slices: readonly string[]) => slices.slice(1).map((_, i) => `${key}~${i}`) },
  },
  parts: ['merged'],
}

/** What failed time after time is passed over instead of waiting for somebody. */
const reactionGivesUp: Mutation = {
  replace: { module: 'processor/reactions/park-stream.ts', by: { parkStream: async () => {} } },
  parts: ['reactions'],
  symptom: /never done/,
}

/** Where a reaction begins is nowhere stored. */
const reactionForgetsItsPlace: Mutation = {
  replace: {
    module: 'processor/reactions/beginning/first-checkpoint.ts',
    by: { beginReaction: async () => ({ passesOver: false }) },
  },
  parts: ['reactions'],
  symptom: /before the reaction began|not settled/,
}

/** A command that is given again is looked for in the period that is open, and in no other. */
const commandsOfOnePeriodOnly: Mutation = {
  replace: {
    module: 'aggregates/commands/command-id.ts',
    by: (original) => ({
      findCommand: (...[storage, key, [first]]: Parameters<typeof findCommand>) =>
        (original.findCommand as typeof findCommand)(storage, key, first === undefined ? [] : [first]),
    }),
  },
  parts: ['aggregates'],
  symptom: /of \d events|saw \d+ commands/,
}

/** A state in memory is taken for the newest one. */
const statesNotLookedAt: Mutation = {
  replace: {
    module: 'aggregates/commands/append-or-conflict.ts',
    by: (original) => ({
      tryAppend: (...[storage, streamId, documents, , named]: Parameters<typeof tryAppend>) =>
        (original.tryAppend as typeof tryAppend)(storage, streamId, documents, 'any' as never, named),
    }),
  },
  parts: ['aggregates'],
  symptom: /saw \d+ commands/,
}

/** What arrives during a pause counts as read. */
const checkpointMovesDuringPause: Mutation = {
  replace: {
    module: 'processor/ranges/paused-range.ts',
    by: {
      watchLag: async ({ storage, clock, range, lease, signal }: PausedRange) => {
        const page = await (storage as StoragePort).feed.read(range, lease.continuation ?? 'start')
        lease.move(page.continuation, page.readTo)
        await lease.save()
        await clock.sleep(1_000, signal)
      },
    },
  },
  parts: ['pauses'],
  symptom: /was paused, and folded events|lost/,
}

/** By what is wrong. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'one LSN per view instead of a tidemark per range': oneLsnPerView,
  'an LSN compared without hash and version': lsnAlone,
  'an LSN compared with the version, but without the hash': lsnWithoutHash,
  'two merged ranges tagged as one': mergedRangesAsOne,
  "a split that forgets the parent's tidemark": splitForgetsTheParent,
  'a first save without if-absent': firstSaveWithoutIfAbsent,
  'saves without an ETag': savesWithoutEtag,
  'views that are gone without their tidemarks': goneViewsForgetTheirTidemarks,
  'the parked mark kept outside the view': parkedMarkOutsideTheView,
  'the continuation saved before the views': continuationBeforeTheViews,
  'a lease kept after its loss': leaseKeptAfterItsLoss,
  'a waiting event that a replica does not show yet, taken for erased': unseenTakenForErased,
  'a switch that does not wait for the new version': switchWithoutWaiting,
  'a version that is built again beneath its workers': removedBeneathItsWorkers,
  'two processes that both keep one name': nameKeptByTwo,
  'a part of a view that is left out when it is read': partLeftOut,
  'a reaction that passes over what fails': reactionGivesUp,
  'a reaction whose beginning is not fixed': reactionForgetsItsPlace,
  'a command that is looked for in one period only': commandsOfOnePeriodOnly,
  'an append at whatever version': statesNotLookedAt,
  'a checkpoint that moves while its projection is paused': checkpointMovesDuringPause,
}
