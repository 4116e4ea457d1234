import { describe, it } from 'vitest'
import { type ConformanceAdapter, conformanceSuite, runConformanceCase } from '../../src/testing/conformance/index.ts'

/**
 * Makes a test of each case of the conformance suite; `adapter` is asked anew for each.
 *
 * @param options.skip whether the suite counts as skipped, for want of a server that the run has told about
 */
export function runConformance(
  name: string,
  adapter: () => ConformanceAdapter,
  { skip = false }: { readonly skip?: boolean } = {},
): void {
  const groups = Map.groupBy(conformanceSuite, ({ group }) => group)
  describe.skipIf(skip)(name, () => {
    for (const [group, cases] of groups) {
      describe(group, () => {
        const isWithout = group === 'log identity' && adapter().loseTail === undefined
        for (const one of cases) it.skipIf(isWithout)(one.name, () => runConformanceCase(one, adapter()))
      })
    }
  })
}
