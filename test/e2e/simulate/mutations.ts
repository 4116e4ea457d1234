import { containsInterval, type HashInterval } from '../../../src/core/hash-interval.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { type ViewDocument, viewId } from '../../../src/core/port/view-store.ts'
import { comparePositions, type Position, type Tidemark } from '../../../src/core/position.ts'
import type { MemoryStorage } from '../../../src/testing/memory/index.ts'

// What must not be done, done: each of these loses events or folds them twice, sooner or later.

/** Something broken on purpose: between the workers and their storage, or in place of a module of src/. */
export type Mutation = {
  readonly interpose?: (port: StoragePort, db: MemoryStorage) => StoragePort
  readonly replace?: { readonly module: string; readonly by: Record<string, unknown> }
}

const oneLsnPerView: Mutation = {
  replace: {
    module: 'core/tidemark.ts',
    by: {
      hasFolded: ([mark]: readonly Tidemark[], position: Position) => mark && comparePositions(mark, position) >= 0,
      advance: (_: readonly Tidemark[], __: HashInterval, { lsn, hash, version }: Position) => [
        { min: '', max: 'FF', lsn, hash, version },
      ],
    },
  },
}

const lsnAlone: Mutation = {
  replace: { module: 'core/position.ts', by: { comparePositions: (a: Position, b: Position) => a.lsn - b.lsn } },
}

const lsnWithoutHash: Mutation = {
  replace: {
    module: 'core/position.ts',
    by: { comparePositions: (a: Position, b: Position) => a.lsn - b.lsn || a.version - b.version },
  },
}

const splitForgetsTheParent: Mutation = {
  replace: {
    module: 'core/tidemark.ts',
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
async function overwrite(port: StoragePort, document: ViewDocument) {
  for (;;) {
    const found = await port.viewStore.get(document)
    const result = await port.viewStore.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
    if (result.saved) return result
  }
}

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
  'the continuation saved before the views': continuationBeforeTheViews,
}
