import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IncarnationMismatch } from '../../../src/core/errors/feed.ts'
import { InvalidPosition } from '../../../src/core/errors/input.ts'
import { decodePosition, encodePosition, mergePositions } from '../../../src/core/position-token.ts'

const wellFormed = fc.string({ unit: 'grapheme', minLength: 1 })
const mark = fc.record(
  { streamId: wellFormed, version: fc.nat(), hash: fc.constantFrom('0A', '3F'), lsn: fc.nat(), session: wellFormed },
  { requiredKeys: ['streamId', 'version', 'hash'] },
)
const content = fc.record({ incarnation: wellFormed, marks: fc.array(mark, { minLength: 1, maxLength: 4 }) })

describe('position tokens', () => {
  it('hold what was put in, and fit into a header', () => {
    fc.assert(
      fc.property(content, (given) => {
        const token = encodePosition(given)
        expect(token).toMatch(/^[\w-]+$/)
        expect(decodePosition(token)).toEqual(given)
      }),
    )
  })

  it('are refused when they are anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(() => decodePosition(text)).toThrow(InvalidPosition)
        },
      ),
    )
    for (const broken of [
      '["i",[]]',
      '["i",[[1,2,"0A"]]]',
      '["i",[["a:1","2","0A"]]]',
      '["i",[["a:1",2]]]',
      '[1,[]]',
      'null',
    ]) {
      expect(() => decodePosition(Buffer.from(broken).toString('base64url')), broken).toThrow(InvalidPosition)
    }
  })

  it('merge into one that has the furthest mark of each stream', () => {
    const marks = fc.uniqueArray(mark, {
      minLength: 1,
      maxLength: 12,
      selector: (one) => `${one.streamId} ${one.version}`,
    })
    fc.assert(
      fc.property(marks, (given) => {
        const tokens = given.map((one) => encodePosition({ incarnation: 'i', marks: [one] }))
        const merged = decodePosition(mergePositions(tokens)).marks
        const wanted = [...Map.groupBy(given, ({ streamId }) => streamId).values()].map((of) =>
          of.reduce((a, b) => (a.version > b.version ? a : b)),
        )
        expect(merged).toHaveLength(wanted.length)
        expect(merged).toEqual(expect.arrayContaining(wanted))
      }),
    )
  })

  it('do not merge across lives of the log, nor out of nothing', () => {
    const [one, two] = ['i', 'j'].map((incarnation) =>
      encodePosition({ incarnation, marks: [{ streamId: 'a:1', version: 1, hash: '0A' }] }),
    ) as [string, string]
    expect(() => mergePositions([one, two])).toThrow(IncarnationMismatch)
    expect(() => mergePositions([])).toThrow(InvalidPosition)
  })
})
