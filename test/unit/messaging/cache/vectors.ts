import fc from 'fast-check'
import type { Tidemark } from '../../../../src/core/positions/position.ts'
import { advance } from '../../../../src/core/positions/tidemark.ts'

/** Ranges that the hash space is divided into, whole or after splits. */
const RANGES = [
  { min: '', max: 'FF', hash: '55' },
  { min: '', max: '40', hash: '15' },
  { min: '40', max: 'FF', hash: '95' },
  { min: '', max: '20', hash: '15' },
  { min: '20', max: '40', hash: '25' },
  { min: '40', max: '80', hash: '55' },
  { min: '80', max: 'FF', hash: '95' },
]

const folded = fc.record({
  range: fc.constantFrom(...RANGES),
  lsn: fc.constantFrom(1, 2, 3, 16, 4_000_000_000, 2 ** 53 - 1),
  n: fc.integer({ min: 0, max: 1 }),
  version: fc.constantFrom(1, 2, 10),
})

/** Tidemarks of a view that was folded from some ranges, in any order and with any splits in between. */
export const tidemarks: fc.Arbitrary<readonly Tidemark[]> = fc
  .array(folded, { maxLength: 6 })
  .map((all) =>
    all.reduce<readonly Tidemark[]>(
      (marks, { range: { min, max, hash }, lsn, n, version }) =>
        advance(marks, { min, max }, { lsn, hash: `${hash}0${n}`, version }),
      [],
    ),
  )
