import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { decodeContinuation, encodeContinuation } from '../../../../src/adapters/cosmos/feed/continuation.ts'
import { etagAfter, lsnOfEtag } from '../../../../src/adapters/cosmos/feed/etag.ts'
import { joinCuts, rangesBetween } from '../../../../src/adapters/cosmos/feed/ranges.ts'
import { intervalToken, partsOfToken } from '../../../../src/adapters/cosmos/feed/sdk-token.ts'

const RANGE = { min: '05C1', max: '1FFFFFFF' }
const isError = (code: string) => (error: unknown) => (error as { code?: string }).code === code

test('a continuation comes back as the place that it was made of, also for a part of its range', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (incarnation, etag, readTo) => {
      const continuation = encodeContinuation(incarnation, RANGE, { etag, readTo })
      assert.match(continuation, /^[\w-]+$/)
      for (const range of [RANGE, { ...RANGE, min: '0A' }, { ...RANGE, max: '10' }]) {
        assert.deepEqual(decodeContinuation(continuation, range, incarnation), { etag, readTo })
      }
    }),
  )
})

test('a continuation serves no other range and no wider one', () => {
  const continuation = encodeContinuation('i', RANGE, { etag: '"7"', readTo: 7 })
  for (const range of [
    { min: '', max: 'FF' },
    { min: '05C0', max: '1F' },
    { min: '2', max: '3' },
  ]) {
    assert.throws(() => decodeContinuation(continuation, range, 'i'), isError('InvalidContinuation'))
  }
})

test('a continuation of another log is told from one that is none', () => {
  const continuation = encodeContinuation('old', RANGE, { etag: '"7"', readTo: 7 })
  assert.throws(() => decodeContinuation(continuation, RANGE, 'new'), isError('IncarnationMismatch'))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const bad of [text, Buffer.from(text).toString('base64url')]) {
        assert.throws(() => decodeContinuation(bad, RANGE, 'new'), isError('InvalidContinuation'))
      }
    }),
  )
})

test('an ETag names an LSN, or none', () => {
  assert.deepEqual(['"12"', '12', '', '*', '"1a"', '"12', '"-1"'].map(lsnOfEtag), [
    12,
    12,
    undefined,
    undefined,
    undefined,
    12,
    undefined,
  ])
  assert.deepEqual([etagAfter(0), etagAfter(7)], ['', '"7"'])
})

test('the token of an interval is read as what it was made of, and one of several as several', () => {
  assert.deepEqual(partsOfToken(intervalToken('rid', RANGE, '"7"')), [{ ...RANGE, etag: '"7"' }])
  const parts = [
    { minInclusive: '05C1', maxExclusive: '10' },
    { minInclusive: '10', maxExclusive: '1FFFFFFF', continuationToken: '"8"' },
  ]
  assert.deepEqual(partsOfToken(JSON.stringify({ rid: 'rid', Continuation: parts })), [
    { min: '05C1', max: '10', etag: '' },
    { min: '10', max: '1FFFFFFF', etag: '"8"' },
  ])
})

test('a token of another shape is told as what it is', () => {
  const bad = [undefined, '', 'x', '{}', '{"Continuation":7}', '{"Continuation":[]}', '{"Continuation":[{"min":""}]}']
  for (const token of bad) assert.throws(() => partsOfToken(token), isError('UnsupportedStorage'))
})

test('ranges cover the hash space between whatever cuts there are, and further cuts only make them finer', () => {
  const hash = fc.stringMatching(/^[0-3][0-9A-F]{1,31}$/)
  fc.assert(
    fc.property(fc.array(hash), fc.array(fc.oneof(hash, fc.constant(''))), (cuts, more) => {
      const [before, after] = [joinCuts([], cuts), joinCuts(joinCuts([], cuts), more)]
      const ranges = rangesBetween(after)
      assert.deepEqual([ranges[0]?.min, ranges.at(-1)?.max], ['', 'FF'])
      for (const [i, { min, max }] of ranges.entries()) {
        assert.ok(min < max)
        if (i > 0) assert.equal(min, ranges[i - 1]?.max)
      }
      for (const cut of before) assert.ok(after.includes(cut))
    }),
  )
})
