import { describe, it } from 'vitest'
import { type ConformanceAdapter, conformanceSuite, runConformanceCase } from '../../src/testing/conformance/index.ts'

// Some cases let many race each other, which takes its time where the machine is busy with something else.
const TIMEOUT = 180_000

/**
 * Makes a test of each case of the conformance suite; `adapter` is asked anew for each.
 *
 * @param options.skip whether the suite counts as skipped, for want of a server that the run has told about
 * @param options.only the groups of cases that are meant, instead of all
 */
export function runConformance(
  name: string,
  adapter: () => ConformanceAdapter,
  { skip = false, only }: { readonly skip?: boolean; readonly only?: (group: string) => boolean } = {},
): void {
  const groups = Map.groupBy(conformanceSuite, ({ group }) => group)
  describe.skipIf(skip)(name, () => {
    for (const [group, cases] of groups) {
      if (only?.(group) === false) continue
      // A live account, and a session that several handles share, cannot be made to lose what they acknowledged.
      const isWithout = group === 'log identity' && adapter().loseTail === undefined
      if (isWithout && !skip)
        console.warn(`*** ${name}: the cases of "${group}" are skipped: nothing can be lost here ***`)
      describe(group, () => {
        for (const one of cases)
          it.skipIf(isWithout)(one.name, { timeout: TIMEOUT }, () => runConformanceCase(one, adapter()))
      })
    }
  })
}
