import type { RunOptions } from '../../support/cosmos-faults/run.ts'

/** A way of appending, and a number of physical partitions. */
export type Kind = Pick<RunOptions, 'append' | 'partitions'>

/** What is run with each seed: both ways of appending, over one physical partition and over several. */
export const kinds: readonly Kind[] = [
  { append: 'storedProcedure', partitions: 4 },
  { append: 'transactionalBatch', partitions: 1 },
  { append: 'storedProcedure', partitions: 1 },
  { append: 'transactionalBatch', partitions: 4 },
]

const given = process.env.TIDEMARK_SEED

/** The seeds of every run of the tests. */
export const SEEDS: readonly number[] = [0, 1, 2, 3]

/** Those, or the one that is asked for. */
export const seeds: readonly number[] = given === undefined ? SEEDS : [Number(given)]

/** Each kind, where everything goes wrong, with a seed of its own or the one that is asked for. */
export const worst: readonly (Kind & { readonly seed: number })[] = kinds.map((kind, i) => ({
  ...kind,
  seed: given === undefined ? i : Number(given),
}))

/** How a failure is had again, as far as chance allows. */
export const again = ({ seed }: Pick<RunOptions, 'seed'>): string =>
  `TIDEMARK_SEED=${seed} npx vitest run test/e2e/cosmos-faults/faults.test.ts`
