import type { RunOptions } from '../../support/cosmos-faults/run.ts'

/** What is run with each seed: both ways of appending, over one physical partition and over several. */
export const kinds: readonly Pick<RunOptions, 'append' | 'partitions'>[] = [
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

/** How a failure is had again, as far as chance allows. */
export const again = (seed: number): string =>
  `TIDEMARK_SEED=${seed} npx vitest run test/e2e/cosmos-faults/faults.test.ts`
