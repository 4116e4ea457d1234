import { leaseId } from '../../../src/core/port/lease-store.ts'
import { containsInterval, sameInterval } from '../../../src/core/positions/hash-interval.ts'
import type * as DraftParts from '../../../src/integrity/chain/sealing/draft-parts.ts'
import type * as Sealing from '../../../src/integrity/chain/sealing/sealing.ts'
import type { SealingOptions } from '../../../src/integrity/chain/sealing/sealing-options.ts'
import type * as Salts from '../../../src/integrity/chain/sealing/stream-salts.ts'
import type { ChainEnd } from '../../../src/integrity/ledger/blocks/block.ts'
import type * as ChainEnds from '../../../src/integrity/ledger/blocks/chain-ends.ts'
import { type Mutation, overwrite } from './mutations.ts'

// What must not be done while a log is sealed, done: each of these forks the chain, or seals something twice or never.

const CHAIN = /^chain: |^a fork was signed|^an audit accuses/

/** What others have sealed meanwhile is sealed again. */
const coveredNotDropped: Mutation = {
  replace: {
    module: 'integrity/chain/sealing/draft-parts.ts',
    by: (original) => ({
      draftParts(...[state, pages, bounds]: Parameters<typeof DraftParts.draftParts>) {
        const draftParts = original.draftParts as typeof DraftParts.draftParts
        const start = { lsn: 0, hash: '', version: 0 }
        const drafted = draftParts({ ...state, ends: state.ends.map((end) => ({ ...end, to: start })) }, pages, bounds)
        if (drafted === undefined) return undefined
        const toOf = (part: { after: unknown }) => state.ends.find(({ after }) => after === part.after)?.to ?? null
        const parts = drafted.draft.parts.map((part) => ({ ...part, from: toOf(part) }))
        return { ...drafted, draft: { ...drafted.draft, parts } }
      },
    }),
  },
  parts: ['chain'],
  symptom: /seals \S+ again/,
}

/** As soon as one part of a split range is sealed, the end of the whole is forgotten. */
const splitForgetsTheWhole: Mutation = {
  replace: {
    module: 'integrity/ledger/blocks/chain-ends.ts',
    by: (original) => ({
      advanceEnds(...[ends, block]: Parameters<typeof ChainEnds.advanceEnds>) {
        const advanceEnds = original.advanceEnds as typeof ChainEnds.advanceEnds
        const isWhole = ({ range }: ChainEnd) =>
          block.header.parts.some((part) => containsInterval(range, part.range) && !sameInterval(range, part.range))
        return advanceEnds(ends, block).filter((end) => !isWhole(end))
      },
    }),
  },
  parts: ['chain'],
  symptom: /does not continue the last part of its range/,
}

/** A page that was read of a range before its split is sealed although its parts have begun. */
const lateWholeAfterItsParts: Mutation = {
  replace: { module: 'integrity/ledger/blocks/chain-ends.ts', by: { isSplit: () => false } },
  parts: ['chain'],
  symptom: /has an impossible range|does not continue the last part|seals \S+ again/,
}

/** The number of a block is not a lock. */
const blockOverwritten: Mutation = {
  interpose: (port) => ({
    ...port,
    viewStore: {
      ...port.viewStore,
      save: (document, condition) =>
        document.projection === '$chain' && /^\d+$/.test(document.key)
          ? overwrite(port, document)
          : port.viewStore.save(document, condition),
    },
  }),
  parts: ['chain'],
  symptom: CHAIN,
}

/** Sealing continues where the lease says, and not where the chain ends. */
const leaseBelieved: Mutation = {
  replace: {
    module: 'integrity/chain/sealing/sealing.ts',
    by: (original) => ({
      sealing(...[chain, options]: [Parameters<typeof Sealing.sealing>[0], SealingOptions?]) {
        const consumer = (original.sealing as typeof Sealing.sealing)(chain, options)
        return {
          ...consumer,
          async startConsuming(context: Parameters<typeof consumer.startConsuming>[0]) {
            const running = await consumer.startConsuming(context)
            return {
              ...running,
              async beginsAt(...parameters: Parameters<typeof running.beginsAt>) {
                const own = await running.beginsAt(...parameters)
                const id = leaseId(consumer.name, consumer.version, parameters[0])
                const { continuation, readTo } = (await context.storage.leases.get(id))?.document ?? own
                return continuation === null ? own : { continuation, readTo }
              },
            }
          },
        }
      },
    }),
  },
  parts: ['chain'],
  symptom: /is not sealed/,
}

/** The tombstone of a stream is sealed while its salt is being erased. */
const saltErasedLate: Mutation = {
  replace: {
    module: 'integrity/chain/sealing/stream-salts.ts',
    by: (original) => ({
      streamSalts(ledger: Parameters<typeof Salts.streamSalts>[0]) {
        const salts = (original.streamSalts as typeof Salts.streamSalts)(ledger)
        return {
          ...salts,
          async erase(streamIds: readonly string[]) {
            salts.erase(streamIds).catch(() => {})
          },
        }
      },
    }),
  },
  parts: ['chain'],
  symptom: /its salt/,
}

/** By what is wrong. */
export const chainMutations: Readonly<Record<string, Mutation>> = {
  'a block that seals again what others have sealed meanwhile': coveredNotDropped,
  'a part of a split range that does not continue the whole': splitForgetsTheWhole,
  'a range that is sealed as a whole after its parts were': lateWholeAfterItsParts,
  'a block that replaces another one': blockOverwritten,
  'a lease that is believed where it is ahead of the chain': leaseBelieved,
  'a salt that is erased after its tombstone was sealed': saltErasedLate,
}
