import { describe, it } from 'vitest'
import { type ConformanceAdapter, conformanceSuite, runConformanceCase } from '../../src/testing/conformance/index.ts'

/** Makes a test of each case of the conformance suite; `adapter` is asked anew for each. */
export function runConformance(name: string, adapter: () => ConformanceAdapter): void {
  const groups = Map.groupBy(conformanceSuite, ({ group }) => group)
  describe(name, () => {
    for (const [group, cases] of groups) {
      describe(group, () => {
        for (const one of cases) it(one.name, () => runConformanceCase(one, adapter()))
      })
    }
  })
}
