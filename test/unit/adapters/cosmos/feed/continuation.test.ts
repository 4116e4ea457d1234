import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { decodeContinuation, encodeContinuation } from '../../../../../src/adapters/cosmos/feed/continuation.ts'
import { etagAfter, lsnOfEtag } from '../../../../../src/adapters/cosmos/feed/etag.ts'
import { joinCuts, rangesBetween } from '../../../../../src/adapters/cosmos/feed/ranges.ts'

const RANGE = { min: '05C1', max: '1FFFFFFF' }
const isError = (code: string) => (error: unknown) => (error as { code?: string }).code === code

const etags = fc.string({ unit: fc.constantFrom(...'"*|0123456789abcXYZ-'), maxLength: 40 })
const events = fc.option(
  fc.record(
    { streamId: fc.constant('a:1'), version: fc.nat(9).map((n) => n + 1), eventId: fc.string() },
    { noNullPrototype: true },
  ),
)
const PARTS = [RANGE, { ...RANGE, min: '0A' }, { ...RANGE, max: '10' }]

test('a continuation comes back as the place that it was made of, also for a part of its range', () => {
  fc.assert(
    fc.property(fc.string(), etags, fc.nat(), events, (incarnation, etag, readTo, last) => {
      const continuation = encodeContinuation(incarnation, RANGE, { etag, readTo, last })
      assert.match(continuation, /^[\w.-]+$/)
      for (const range of PARTS) {
        assert.deepEqual(decodeContinuation(continuation, range, incarnation), { etag, readTo, last })
      }
    }),
  )
})

test('a continuation that a lease holds from before continuations named an event goes on', () => {
  const older = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  for (const range of PARTS) {
    const continuation = older('i', RANGE.min, RANGE.max, '"7"', 7)
    assert.deepEqual(decodeContinuation(continuation, range, 'i'), { etag: '"7"', readTo: 7 })
    assert.throws(() => decodeContinuation(continuation, range, 'new'), isError('IncarnationMismatch'))
  }
  const wider = older('i', RANGE.min, RANGE.max, '"7"', 7)
  assert.throws(() => decodeContinuation(wider, { min: '', max: 'FF' }, 'i'), isError('InvalidContinuation'))
  for (const readTo of [-1, 1.5, '7']) {
    const bad = older('i', RANGE.min, RANGE.max, '"7"', readTo)
    assert.throws(() => decodeContinuation(bad, RANGE, 'i'), isError('InvalidContinuation'))
  }
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
