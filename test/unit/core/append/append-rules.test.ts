import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AppendVerdict, judgeAppend } from '../../../../src/core/append/append-rules.ts'
import type { ExpectedVersion } from '../../../../src/core/append/expected-version.ts'

const judge = (expected: ExpectedVersion, log: readonly string[], ids: readonly string[]): AppendVerdict =>
  judgeAppend(expected, log.length, ids, (id) => (log.includes(id) ? log.indexOf(id) + 1 : undefined))

const expectation: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  fc.nat({ max: 8 }),
  fc.constantFrom<ExpectedVersion>('any', 'noStream', 'streamExists'),
)
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const ids = (options: { minLength: number }) => fc.shuffledSubarray(names, options)

describe('judgeAppend', () => {
  it('knows a repeat as what it was, whatever followed', () => {
    fc.assert(
      fc.property(
        ids({ minLength: 0 }),
        ids({ minLength: 1 }),
        ids({ minLength: 0 }),
        expectation,
        (before, batch, after, expected) => {
          const log = before.filter((id) => !batch.includes(id))
          if (judge(expected, log, batch).kind !== 'append') return
          const written = [...log, ...batch]
          const later = [...written, ...after.filter((id) => !written.includes(id))]
          const verdict = { kind: 'duplicate', first: log.length + 1, last: written.length }
          expect(judge(expected, later, batch)).toEqual(verdict)
        },
      ),
    )
  })

  it('answers a duplicate only where exactly these ids stand, in this order', () => {
    fc.assert(
      fc.property(ids({ minLength: 0 }), ids({ minLength: 1 }), expectation, (log, batch, expected) => {
        const verdict = judge(expected, log, batch)
        if (verdict.kind !== 'duplicate') return
        expect(log.slice(verdict.first - 1, verdict.last)).toEqual(batch)
        if (typeof expected === 'number') expect(verdict.first).toBe(expected + 1)
        if (expected === 'noStream') expect(verdict.first).toBe(1)
      }),
    )
  })

  it('appends only ids that are all new, at the version that is expected', () => {
    fc.assert(
      fc.property(ids({ minLength: 0 }), ids({ minLength: 1 }), expectation, (log, batch, expected) => {
        const isNew = batch.every((id) => !log.includes(id))
        const fits =
          expected === 'any' ||
          (expected === 'streamExists' && log.length > 0) ||
          (expected === 'noStream' && log.length === 0) ||
          expected === log.length
        expect(judge(expected, log, batch).kind === 'append').toBe(isNew && fits)
      }),
    )
  })
})
