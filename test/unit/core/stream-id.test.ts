import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidStreamId } from '../../../src/core/errors/input.ts'
import { assertStreamId, formatStreamId, idOf, parseStreamId } from '../../../src/core/stream-id.ts'

const part = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is left out
  .filter((text) => !/[:/\\?#\u0000-\u001f\u007f-\u009f]/.test(text) && text.isWellFormed())

describe('stream ids', () => {
  it('come apart as they were put together', () => {
    const parts = fc.record({ category: part, id: part, period: part }, { requiredKeys: ['category', 'id'] })
    fc.assert(
      fc.property(parts, (given) => {
        const streamId = formatStreamId(given)
        expect(parseStreamId(streamId)).toEqual(given)
        expect(idOf(streamId)).toBe(given.id)
      }),
    )
  })

  it('are 200 characters long at most', () => {
    expect(() => assertStreamId(`a:${'x'.repeat(198)}`)).not.toThrow()
    expect(() => assertStreamId(`a:${'x'.repeat(199)}`)).toThrow(InvalidStreamId)
  })

  it.each(['', 'a', ':', 'a:', ':a', 'a::b', 'a:b:', 'a:b:c:d'])(
    'refuses %j, whose parts are missing or too many',
    (id) => {
      expect(() => assertStreamId(id)).toThrow(InvalidStreamId)
      expect(() => parseStreamId(id)).toThrow(InvalidStreamId)
    },
  )

  it('refuses what Cosmos DB forbids, control characters and lone surrogates, wherever they stand', () => {
    const bad = fc.constantFrom('/', '\\', '?', '#', '\u0000', '\n', '\u007f', '\u009f', '\ud800', '\udc00')
    fc.assert(
      fc.property(part, bad, part, (before, fault, after) => {
        expect(() => assertStreamId(`c:${before}${fault}${after}`)).toThrow(InvalidStreamId)
        expect(() => assertStreamId(`${before}${fault}:${after}`)).toThrow(InvalidStreamId)
      }),
    )
  })

  it('refuses a part with a colon, which would come apart elsewhere', () => {
    expect(() => formatStreamId({ category: 'a:b', id: 'c' })).toThrow(InvalidStreamId)
    expect(() => formatStreamId({ category: 'a', id: 'b:c' })).toThrow(InvalidStreamId)
    expect(() => formatStreamId({ category: 'a', id: 'b', period: '' })).toThrow(InvalidStreamId)
  })

  it.each([undefined, null, 7, {}])('refuses %s, which is no string', (id) => {
    expect(() => assertStreamId(id as never)).toThrow(InvalidStreamId)
  })
})
