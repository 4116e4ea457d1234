import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IncarnationMismatch } from '../../../../src/core/errors/feed.ts'
import { InvalidPosition } from '../../../../src/core/errors/input.ts'
import { decodePosition, encodePosition, mergePositions } from '../../../../src/core/positions/position-token.ts'

const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1 })
const part = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll(/[/\\?#:\p{Cc}]/gu, '_'))
const count = fc.integer({ min: 1 })
const mark = fc.record(
  {
    streamId: fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => parts.join(':')),
    version: count,
    hash: fc.constantFrom('0A', '3F', '0123456789ABCDEF'),
    lsn: count,
    session: printable,
  },
  { requiredKeys: ['streamId', 'version', 'hash'] },
)
const content = fc.record({ incarnation: printable, marks: fc.array(mark, { minLength: 1, maxLength: 4 }) })

const tokenOf = (text: string) => Buffer.from(text).toString('base64url')
const row = (index: number, value: unknown) => {
  const cells: unknown[] = ['a:1', 1, '0A', 1, '0:-1#5']
  cells[index] = value
  return tokenOf(JSON.stringify(['i', [cells]]))
}

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
      expect(() => decodePosition(tokenOf(broken)), broken).toThrow(InvalidPosition)
    }
  })

  it.each([
    [0, ['x', 'a:', ':b', 'a:b/c', 'a:b:c:d', 'a:\u0000', `a:${'x'.repeat(200)}`, '', 7, null]],
    [1, [0, -1, 1.5, Number.MAX_VALUE, '1', null]],
    [2, ['', 'xyz', '0a', '0A0A '.repeat(2), 'F'.repeat(65), 10, null]],
    [3, [0, -1, 2.5, '5', 2 ** 60, true]],
    [4, ['', '😀:-1#5', 'a\r\nb', '\u0000', 'x'.repeat(4097), 5]],
  ])('are refused for a cell %i such as of %j', (index, values) => {
    expect(() => decodePosition(row(9, 'more than is known'))).not.toThrow()
    for (const value of values) expect(() => decodePosition(row(index, value)), String(value)).toThrow(InvalidPosition)
  })

  it('are refused for an incarnation that is no short, printable text', () => {
    for (const incarnation of ['', 'x'.repeat(201), 'a\u001b[2J', 7, null]) {
      const token = tokenOf(JSON.stringify([incarnation, [['a:1', 1, '0A']]]))
      expect(() => decodePosition(token)).toThrow(InvalidPosition)
    }
  })

  it('span at most 64 streams, however they are made', () => {
    const tokens = Array.from({ length: 65 }, (_, i) =>
      encodePosition({ incarnation: 'i', marks: [{ streamId: `a:${i}`, version: 1, hash: '0A' }] }),
    )
    const most = mergePositions(tokens.slice(1))
    expect(decodePosition(most).marks).toHaveLength(64)
    expect(decodePosition(mergePositions([most, ...tokens.slice(1)])).marks).toHaveLength(64)
    expect(() => mergePositions(tokens)).toThrow(/65 streams.*at most 64/)
    const rows = Array.from({ length: 65 }, (_, i) => [`a:${i}`, 1, '0A'])
    expect(() => decodePosition(tokenOf(JSON.stringify(['i', rows])))).toThrow(/65 streams/)
  })

  it('are not parsed when they exceed the maximum length', () => {
    expect(() =>
      decodePosition(tokenOf(JSON.stringify(['i', [['a:1', 1, '0A', 1, 's', 'x'.repeat(50_000)]]]))),
    ).toThrow(/exceeds the maximum length/)
    const session = 'x'.repeat(4096)
    const long = Array.from({ length: 20 }, (_, i) =>
      encodePosition({ incarnation: 'i', marks: [{ streamId: `a:${i}`, version: 1, hash: '0A', session }] }),
    )
    expect(() => mergePositions(long)).toThrow(/exceed the maximum length/)
    expect(() => decodePosition(7 as never)).toThrow(InvalidPosition)
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
