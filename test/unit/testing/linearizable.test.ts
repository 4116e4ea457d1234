import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultIn, type Operation } from '../../../src/testing/conformance/support/linearizable.ts'

const appended = (invoked: number, returned: number, version: number, ids = [`e${version}`]): Operation => ({
  kind: 'appended',
  expected: 'any',
  ids,
  version,
  invoked,
  returned,
})
const loaded = (invoked: number, returned: number, ...ids: string[]): Operation => ({
  kind: 'loaded',
  ids,
  version: ids.length,
  invoked,
  returned,
})

describe('faultIn', () => {
  it('finds nothing in what a sequential store did, however the calls overlap', () => {
    const call = fc.record({ load: fc.boolean(), before: fc.nat({ max: 9 }), after: fc.nat({ max: 9 }) })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
        const log: string[] = []
        const history = calls.map(({ load, before, after }, i) => {
          const [invoked, returned] = [i - before, i + after]
          if (load) return loaded(invoked, returned, ...log)
          log.push(`e${log.length + 1}`)
          return appended(invoked, returned, log.length)
        })
        expect(faultIn(history)).toBeUndefined()
      }),
    )
  })

  it.each<[string, Operation[]]>([
    ['a stale load after an acknowledged append', [appended(0, 1, 1), loaded(2, 3)]],
    ['two loads that go back', [appended(0, 9, 1), loaded(1, 2, 'e1'), loaded(3, 4)]],
    ['a load of what is not appended yet', [loaded(0, 1, 'e1'), appended(2, 3, 1)]],
    ['two appends at one version', [appended(0, 1, 1), appended(2, 3, 1)]],
    ['a version left out', [appended(0, 1, 1), appended(2, 3, 3)]],
    ['versions against real time', [appended(4, 5, 1), appended(0, 1, 2)]],
    ['other content', [appended(0, 1, 1), loaded(2, 3, 'x')]],
    ['half an append', [appended(0, 5, 2, ['a', 'b']), loaded(1, 2, 'a')]],
    [
      'a refusal without a reason',
      [appended(0, 1, 1), { kind: 'refused', expected: 1, actual: 1, invoked: 2, returned: 3 }],
    ],
    ['an append that was not to be', [{ ...appended(0, 1, 1), expected: 5 } as Operation]],
  ])('finds %s', (_, history) => {
    expect(faultIn(history)).toBeTypeOf('string')
  })
})
