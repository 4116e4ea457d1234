import type { rowChecker } from '../../../../src/adapters/embedded/as-written/row-checker.ts'
import type { createErasures } from '../../../../src/integrity/verify/events/erasures.ts'
import type { createFindings } from '../../../../src/integrity/verify/findings.ts'
import type { createKnownHeads } from '../../../../src/integrity/verify/heads/known-heads.ts'
import type { FindingCode } from '../../../../src/integrity/verify/report.ts'
import type { createVersions } from '../../../../src/integrity/verify/streams/check-versions.ts'

/** A check that is left out: a module of the sources with some exports replaced, and the cases that it then misses. */
export type LeftOut = {
  readonly replace: { readonly module: string; readonly by: object | ((original: never) => object) }
  /** Of the cases on the embedded folder. */
  readonly misses: readonly string[]
}

type Erasures = { createErasures: typeof createErasures }
type Heads = { createKnownHeads: typeof createKnownHeads }

const erasures = (change: (own: ReturnType<typeof createErasures>) => object) => ({
  module: 'integrity/verify/events/erasures.ts',
  by: (original: Erasures) => ({
    createErasures: (...args: Parameters<typeof createErasures>) => {
      const own = original.createErasures(...args)
      return { ...own, ...change(own) }
    },
  }),
})

const heads = (change: object) => ({
  module: 'integrity/verify/heads/known-heads.ts',
  by: (original: Heads) => ({
    createKnownHeads: (...args: Parameters<typeof createKnownHeads>) => ({
      ...original.createKnownHeads(...args),
      ...change,
    }),
  }),
})

const unreported = (unwanted: FindingCode) => ({
  module: 'integrity/verify/findings.ts',
  by: (original: { createFindings: typeof createFindings }) => ({
    createFindings: (...args: Parameters<typeof createFindings>) => {
      const own = original.createFindings(...args)
      return { ...own, add: (...given: Parameters<typeof own.add>) => given[0] !== unwanted && own.add(...given) }
    },
  }),
})

const nothing = () => {}

/** Checks of a verification without which something is not found; most ways to tamper are found by several. */
export const mutations = {
  'events that are not compared with their leaves': {
    replace: { module: 'integrity/chain/leaf.ts', by: { leafOf: () => new Uint8Array(32) } },
    misses: [
      'one digit of an event is changed',
      'one digit of an event that is older than salts is changed',
      'the type of an event is changed',
      'the salt of an event is changed',
      'the salt of a stream is changed',
    ],
  },
  'leaves without an event that are not reported': {
    replace: erasures(() => ({ missing: async () => {} })),
    misses: [
      'the first event of a stream is removed',
      'an event in the middle of a stream is removed',
      'a whole append is removed',
    ],
  },
  'tombstones that count as sealed although they are not': {
    replace: erasures(({ ended }) => ({
      ended: (streamId: string, at: unknown, _: boolean, count: number) => ended(streamId, at, true, count),
    })),
    misses: ['a deletion is dressed as an erasure by a tombstone that nobody sealed'],
  },
  'salts that may be missing': {
    replace: erasures(() => ({ unsalted: async () => {} })),
    misses: ['the salt of a stream is removed', 'the salt of an event is removed'],
  },
  'rows that are not compared with what is written': {
    replace: {
      module: 'adapters/embedded/as-written/row-checker.ts',
      by: (original: { rowChecker: typeof rowChecker }) => ({
        rowChecker: (...args: Parameters<typeof rowChecker>) => {
          const check = original.rowChecker(...args)
          return (row: Parameters<typeof check>[0]) => {
            const { fault, ...event } = check(row) ?? {}
            return 'event' in event ? event : undefined
          }
        },
      }),
    },
    misses: [
      'a member is there twice, of which SQLite reads the first',
      'a number is written as 100.0',
      'a column of an index names another time',
      'a column says that more events belong to the append',
      'white space is added',
    ],
  },
  'a schema that is not compared': {
    replace: { module: 'adapters/embedded/as-written/schema-fault.ts', by: { schemaFault: nothing } },
    misses: ['a trigger changes what is written'],
  },
  'leaves that are not compared with the root of their block': {
    replace: unreported('rootWrong'),
    misses: ['an event and its leaf are changed alike'],
  },
  'heads that are not compared': {
    replace: heads({ compare: nothing }),
    misses: ['an event, its leaf and everything after it are changed alike'],
  },
  'heads that are larger than the ledger': {
    replace: heads({ finish: nothing }),
    misses: ['the whole ledger is removed'],
  },
  'a state of the ledger that is not compared': {
    replace: {
      module: 'integrity/verify/ledger/check-tiles.ts',
      by: {
        createTileCheck: () => ({
          completed: nothing,
          compare: nothing,
          finish: nothing,
          stored: async () => undefined,
        }),
      },
    },
    misses: ['what is stored of the end of the chain is changed', 'the tiles that are not full are changed'],
  },
  'signatures that are not verified': {
    replace: {
      module: 'integrity/notes/open-note.ts',
      by: { checkSignatures: (_: unknown, keys: readonly unknown[]) => ({ verified: keys, wrong: [] }) },
    },
    misses: ['the stored head is of another key'],
  },
  'versions that need not follow one another': {
    replace: {
      module: 'integrity/verify/streams/check-versions.ts',
      by: (original: { createVersions: typeof createVersions }) => ({
        createVersions: (...args: Parameters<typeof createVersions>) => {
          const own = original.createVersions(...args)
          return { ...own, add: (...given: Parameters<typeof own.add>) => void own.add(...given) }
        },
      }),
    },
    misses: ['an event is appended with a version that leaves a gap'],
  },
  'rows that may be in no slot': {
    replace: { module: 'adapters/embedded/as-written/stray-fault.ts', by: { strayFault: nothing } },
    misses: ['an event that only queries of types return is put at a place that no feed range has'],
  },
} satisfies Record<string, LeftOut>
