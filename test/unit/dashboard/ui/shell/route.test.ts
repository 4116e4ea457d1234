import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hrefOf, parseRoute } from '../../../../../src/dashboard/ui/shell/route.ts'

test('an address names a page, what of it, and how it is shown', () => {
  expect(parseRoute('#/projections/meter-overview/3?range=0-4000')).toEqual({
    page: 'projections',
    path: ['meter-overview', '3'],
    query: { range: '0-4000' },
  })
})

test.each(['', '#', '#/'])('the empty address %j names no page', (hash) => {
  expect(parseRoute(hash)).toEqual({ page: '', path: [], query: {} })
})

test('a part that is not percent-encoded properly is taken as it is', () => {
  expect(parseRoute('#/streams/50%').path).toEqual(['50%'])
})

test('a member of the query that is undefined is left out', () => {
  expect(hrefOf('streams', ['a/b'], { at: 3, as: undefined })).toBe('#/streams/a%2Fb?at=3')
})

test('every id survives in an address, whatever characters it has', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), fc.dictionary(fc.stringMatching(/^[a-z]+$/), text), (path, query) => {
      expect(parseRoute(hrefOf('streams', path, query))).toEqual({ page: 'streams', path, query })
    }),
  )
})
