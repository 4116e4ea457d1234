import { expect, test } from 'vitest'
import * as ofMongo from '../e2e/mongo/mutations.ts'
import { chainMutations } from '../e2e/simulate/chain-mutations.ts'
import { mutations } from '../e2e/simulate/mutations.ts'
import { peopleMutations } from '../e2e/simulate/people-mutations.ts'
import { reactionMutations } from '../e2e/simulate/reaction-mutations.ts'
import { timersMutations } from '../e2e/simulate/timers-mutations.ts'
import { mutations as ofVerification } from '../unit/integrity/tampering/mutations.ts'
import { mutations as ofClaims } from '../unit/uniqueness/support/mutations.ts'

// A mutation of a module that was moved, or of an export that was renamed, would break nothing and prove nothing.

type Replaced = { readonly module: string; readonly by: object | ((original: never) => object) }
type Mutation = { readonly replace?: Replaced | undefined }

const replacedIn = (root: string, all: Readonly<Record<string, Mutation>>) =>
  Object.entries(all).flatMap(([name, { replace }]) => (replace ? [[name, root, replace] as const] : []))

const replaced = [
  ...replacedIn('../../src/', {
    ...mutations,
    ...peopleMutations,
    ...chainMutations,
    ...reactionMutations,
    ...timersMutations,
  } as Readonly<Record<string, Mutation>>),
  ...replacedIn('../../src/', ofClaims),
  ...replacedIn('../../src/', ofVerification),
  ...Object.values(ofMongo).flatMap((all) =>
    replacedIn('../../src/adapters/mongo/', all as unknown as Readonly<Record<string, Mutation>>),
  ),
]

test.each(replaced)('the mutation "%s" replaces exports that its module has', async (_, root, { module, by }) => {
  const original: Record<string, unknown> = await import(`${root}${module}`)
  const names = Object.keys(typeof by === 'function' ? by(original as never) : by)
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) expect(original, name).toHaveProperty(name)
})

test('the mutations that replace modules are found', () => {
  expect(replaced.length).toBeGreaterThan(20)
})
