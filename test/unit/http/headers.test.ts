import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidPosition } from '../../../src/core/errors/input.ts'
import { encodePosition } from '../../../src/core/positions/position-token.ts'
import { InvalidPrecondition, PreconditionFailed, PreconditionRequired } from '../../../src/http/errors.ts'
import { etagOf, isNotModified, viewETag } from '../../../src/http/etags.ts'
import { positionOf, resultHeaders } from '../../../src/http/position-header.ts'
import { expectedVersionOf } from '../../../src/http/preconditions.ts'
import { entityTagsOf } from '../../../src/http/request-headers.ts'

const versions = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
// Whatever a part of a stream id may hold.
const periods = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what ids may not hold
  .filter((period) => !/[/\\?#:\u0000-\u001f\u007f-\u009f]/.test(period) && period.isWellFormed())
// RFC 9110, 8.8.3: what an entity tag may hold.
const opaque = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .map((code) => (code === 0x22 || code === 0x7f ? '!' : String.fromCharCode(code))),
  maxLength: 20,
})
const space = fc.constantFrom('', ' ', '\t', '  ', ' , ')

describe('the ETag of a stream', () => {
  it('leads back to the version that it was made of', () => {
    fc.assert(
      fc.property(versions, fc.option(periods, { nil: undefined }), (version, period) => {
        const streamId = period === undefined ? 'order:7' : `order:7:${period}`
        const etag = etagOf({ streamId, version })
        expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/)
        const options = period === undefined ? {} : { period }
        expect(expectedVersionOf({ 'if-match': etag }, options)).toBe(version)
        expect(isNotModified({ 'if-none-match': etag }, etag)).toBe(true)
      }),
    )
  })

  it('of one period is never current in another period, or without any', () => {
    fc.assert(
      fc.property(versions, periods, periods, (version, period, other) => {
        fc.pre(period !== other)
        const etag = etagOf({ streamId: `order:7:${period}`, version })
        expect(() => expectedVersionOf({ 'if-match': etag }, { period: other })).toThrow(PreconditionFailed)
        expect(() => expectedVersionOf({ 'if-match': etag })).toThrow(PreconditionFailed)
      }),
    )
  })
})

describe('a list of entity tags', () => {
  it('is parsed with whatever white space and empty elements lie between its tags', () => {
    const element = fc.record({ weak: fc.boolean(), opaque })
    fc.assert(
      fc.property(fc.array(fc.tuple(element, space, space), { minLength: 1, maxLength: 10 }), (elements) => {
        const header = elements.map(([tag, before, after]) => `${before}${tag.weak ? 'W/' : ''}"${tag.opaque}"${after}`)
        expect(entityTagsOf({ 'if-match': header.join(',') }, 'if-match')).toEqual(elements.map(([tag]) => tag))
      }),
    )
  })

  it('is either parsed or refused, whatever the header holds', () => {
    const pieces = fc.constantFrom('"', 'W/', ',', ' ', '\t', '*', '1', '"1"', 'w/', '\\', '\u00e9', '\u007f', '\u0000')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (header) => {
          try {
            expectedVersionOf({ 'if-match': header })
          } catch (error) {
            expect([InvalidPrecondition, PreconditionFailed]).toContain((error as Error).constructor)
          }
        },
      ),
    )
  })

  it.each([
    [''],
    [','],
    ['3'],
    ['"3'],
    ['3"'],
    ['"3""4"'],
    ['"3" "4"'],
    ['w/"3"'],
    ['W/ "3"'],
    ['"3", *'],
    ['"a b"'],
    ['"3";'],
  ])('that is %j is refused as malformed', (header) => {
    expect(() => expectedVersionOf({ 'if-match': header })).toThrow(InvalidPrecondition)
  })

  it('takes time in proportion to its length, whatever it holds', () => {
    const started = performance.now()
    for (const filler of [' ', '\t', ',', '"', 'W/', '"1",', ' ,']) {
      const header = filler.repeat(200_000)
      for (const end of ['', 'x']) {
        expect(() => entityTagsOf({ 'if-match': header + end }, 'if-match')).toThrow(InvalidPrecondition)
      }
    }
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('has at most a hundred tags', () => {
    const tags = (count: number) => Array.from({ length: count }, (_, i) => `"${i + 1}"`)
    expect(expectedVersionOf({ 'if-match': tags(100).join(',') })).toBe(100)
    expect(() => expectedVersionOf({ 'if-match': tags(101) })).toThrow('at most 100')
  })
})

describe('the expected version of a write', () => {
  it('is any without a precondition, which can be required', () => {
    expect(expectedVersionOf({})).toBe('any')
    expect(() => expectedVersionOf({}, { required: true })).toThrow(PreconditionRequired)
    expect(expectedVersionOf({ 'if-match': '"2"' }, { required: true })).toBe(2)
    expect(expectedVersionOf({ 'if-none-match': '*' }, { required: true })).toBe('noStream')
  })

  it('is that the stream exists for If-Match: *, and that it does not for If-None-Match: *', () => {
    expect(expectedVersionOf({ 'if-match': ' * ' })).toBe('streamExists')
    expect(expectedVersionOf({ 'if-none-match': '*' })).toBe('noStream')
  })

  it('is the highest version of a list, also of one on several lines', () => {
    expect(expectedVersionOf({ 'if-match': '"5", "3", W/"9", "other"' })).toBe(5)
    expect(expectedVersionOf({ 'if-match': ['"5"', '"7"'] })).toBe(7)
  })

  it('does not exist for weak tags and tags of something else', () => {
    for (const tag of ['W/"3"', '"0"', '"03"', '"-1"', '"1e3"', '"99999999999999999"', '"2026:3"', '""', '"three"']) {
      expect(() => expectedVersionOf({ 'if-match': tag }), tag).toThrow(PreconditionFailed)
    }
  })

  it('cannot be read from preconditions that no expected version expresses', () => {
    expect(() => expectedVersionOf({ 'if-none-match': '"3"' })).toThrow(InvalidPrecondition)
    expect(() => expectedVersionOf({ 'if-match': '"3"', 'if-none-match': '*' })).toThrow(InvalidPrecondition)
    expect(() => expectedVersionOf({ 'if-none-match': '' })).toThrow(InvalidPrecondition)
  })
})

describe('If-None-Match of a read', () => {
  it('matches weakly', () => {
    expect(isNotModified({}, '"3"')).toBe(false)
    expect(isNotModified({ 'if-none-match': '"2"' }, '"3"')).toBe(false)
    expect(isNotModified({ 'if-none-match': '"2", W/"3"' }, '"3"')).toBe(true)
    expect(isNotModified({ 'if-none-match': '*' }, '"3"')).toBe(true)
    expect(() => isNotModified({ 'if-none-match': '3' }, '"3"')).toThrow(InvalidPrecondition)
  })
})

describe('the ETag of a view', () => {
  it('is the same for equal content, and another for other content', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (a, b) => {
        const [one, other] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))]
        const reversed = Object.fromEntries(Object.entries(one).reverse())
        expect(viewETag(reversed as never)).toBe(viewETag(one))
        fc.pre(JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other)))
        expect(viewETag(other)).not.toBe(viewETag(one))
      }),
    )
  })
})

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)])
}

describe('Tidemark-Position', () => {
  const mark = { streamId: 'order:7', version: 3, hash: '0A' }
  const position = encodePosition({ incarnation: 'i', marks: [mark] })

  it('is read back as it was sent, and null where there is none', () => {
    expect(positionOf({ 'tidemark-position': position })).toBe(position)
    expect(positionOf({})).toBeNull()
  })

  it('is refused before any I/O when it is malformed, sent twice, or spans too many streams', () => {
    const marks = Array.from({ length: 65 }, (_, i) => ({ ...mark, streamId: `order:${i}` }))
    const bad = [
      '',
      'nonsense',
      `${position}, ${position}`,
      ` ${position}`,
      `${position}=`,
      encodePosition({ incarnation: 'i', marks }),
      'A'.repeat(70_000),
      Buffer.from('[]').toString('base64url'),
    ]
    for (const header of bad) {
      expect(() => positionOf({ 'tidemark-position': header }), header.slice(0, 50)).toThrow(InvalidPosition)
    }
    expect(() => positionOf({ 'tidemark-position': [position, position] })).toThrow(InvalidPosition)
  })

  it('either is a position or is refused, whatever the header holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        (header) => {
          try {
            expect(positionOf({ 'tidemark-position': header })).toBe(header)
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidPosition)
          }
        },
      ),
    )
  })

  it('of one stream with the longest id and session fits into a header', () => {
    const longest = { ...mark, streamId: `order:${'\u{1f600}'.repeat(97)}`, hash: 'F'.repeat(64), lsn: 2 ** 53 - 1 }
    const token = encodePosition({ incarnation: 'i'.repeat(200), marks: [{ ...longest, session: 's'.repeat(4096) }] })
    expect(positionOf({ 'tidemark-position': token })).toBe(token)
    expect(token.length).toBeLessThan(8 * 1024)
  })

  it('goes out with the ETag of the version that was written', () => {
    const result = { streamId: 'order:7', version: 3, position, duplicate: false }
    expect(resultHeaders(result)).toEqual({ etag: '"3"', 'tidemark-position': position })
    expect(resultHeaders({ ...result, version: 0, position: null })).toEqual({})
    // What the first call wrote may not be the current version any more.
    expect(resultHeaders({ ...result, duplicate: true })).toEqual({ 'tidemark-position': position })
  })
})

it('the errors say what to do and hold no value of the client', () => {
  const secret = 'secret-value'
  for (const header of [`"${secret}"`, secret, `W/"${secret}"`]) {
    expect(() => expectedVersionOf({ 'if-match': header })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }) as Error,
    )
  }
})
