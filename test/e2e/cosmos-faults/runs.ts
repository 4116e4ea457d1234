import type { RunOptions } from '../../support/cosmos-faults/run.ts'

/** A way of appending, a number of physical partitions, and whether the emulator is as strict as it can be. */
export type Kind = Pick<RunOptions, 'append' | 'partitions' | 'strict'>

/** What is run with each seed: both ways of appending, over one physical partition and over several, and on a strict emulator. */
export const kinds: readonly Kind[] = [
  { append: 'storedProcedure', partitions: 4, strict: false },
  { append: 'transactionalBatch', partitions: 1, strict: false },
  { append: 'storedProcedure', partitions: 1, strict: false },
  { append: 'transactionalBatch', partitions: 4, strict: false },
  { append: 'storedProcedure', partitions: 2, strict: true },
  { append: 'transactionalBatch', partitions: 2, strict: true },
]

const given = process.env.TIDEMARK_SEED

/** The seeds of every run of the tests. */
const SEEDS: readonly number[] = [0, 1]

/** The seeds in which mutations are looked for. */
export const SEARCHED: readonly number[] = [...SEEDS, 2, 3]

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
