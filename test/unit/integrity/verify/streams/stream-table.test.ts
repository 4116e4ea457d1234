import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVersions } from '../../../../../src/integrity/verify/streams/check-versions.ts'
import { createHashSet } from '../../../../../src/integrity/verify/streams/hash-set.ts'
import { createKeyedHash } from '../../../../../src/integrity/verify/streams/keyed-hash.ts'
import { ALL_HASHES, createStreamTable, LISTED } from '../../../../../src/integrity/verify/streams/stream-table.ts'

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const hashes = fc.uniqueArray(fc.tuple(uint32, uint32), { maxLength: 400, selector: (pair) => pair.join() })

describe('createStreamTable', () => {
  test('keeps every stream of its interval, and in as many passes as it takes all of them', () => {
    fc.assert(
      fc.property(hashes, fc.constantFrom(4, 16, 1024), (all, slots) => {
        const found = new Map<string, number>()
        for (let from = 0; from < ALL_HASHES; ) {
          const table = createStreamTable(from, slots)
          for (const [i, [high, low]] of all.entries()) {
            const slot = table.slot(high, low)
            if (slot < 0) continue
            table.setVersion(slot, i + 1)
            table.mark(slot, LISTED)
          }
          for (const [high, low] of all) {
            const slot = table.find(high, low)
            expect(slot >= 0).toBe(high >= table.from && high < table.to)
            if (slot < 0) continue
            expect(table.marks(slot)).toBe(LISTED)
            found.set(`${high},${low}`, table.version(slot))
          }
          from = table.to
        }
        expect(found).toEqual(new Map(all.map((pair, i) => [pair.join(), i + 1])))
      }),
    )
  })
})

describe('createHashSet', () => {
  test('has what was added, and nothing else', () => {
    fc.assert(
      fc.property(hashes, hashes, (added, others) => {
        const set = createHashSet(1)
        const expected = new Set(added.map(String))
        for (const [high, low] of [...added, ...added]) set.add(high, low)
        expect(set.size).toBe(expected.size)
        for (const [high, low] of [...added, ...others, [0, 0] as const]) {
          expect(set.has(high, low)).toBe(expected.has(`${high},${low}`))
        }
      }),
    )
  })
})

describe('createVersions', () => {
  test('notices a version that comes again, and how many were skipped', () => {
    const versions = createVersions(createKeyedHash(), 0, true)
    expect(versions.add('a', 1)).toBeUndefined()
    expect(versions.add('b', 2)).toEqual({ isAgain: false, skipped: 1 })
    expect(versions.add('a', 2)).toBeUndefined()
    expect(versions.add('a', 2)).toEqual({ isAgain: true, skipped: 0 })
    expect(versions.add('a', 6)).toEqual({ isAgain: false, skipped: 3 })
  })

  test('takes any first version where streams began before', () => {
    const versions = createVersions(createKeyedHash(), 0, false)
    expect(versions.add('a', 7)).toBeUndefined()
    expect(versions.add('a', 9)).toEqual({ isAgain: false, skipped: 1 })
  })
})
