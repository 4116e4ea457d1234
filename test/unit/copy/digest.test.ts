import fc from 'fast-check'
import { expect, it } from 'vitest'
import { paceOf } from '../../../src/cli/support/pace.ts'
import { type Digest, hashOfEvent, hexOf, NOTHING, plus, sameSum } from '../../../src/copy/log-digest.ts'
import { concurrently } from '../../../src/core/async/concurrently.ts'
import type { EventDocument } from '../../../src/core/port/event-document.ts'

const document = (eventData: EventDocument['eventData'], recordedAt = '2026-01-01T00:00:00.000Z'): EventDocument => ({
  id: 'a:1:1',
  stream: { id: 'a:1', version: 1 },
  eventType: 'Happened',
  eventData,
  metadata: { eventId: 'x', recordedAt },
})

const sumOf = (hashes: readonly bigint[]): Digest => hashes.reduce(plus, NOTHING)

it('the sum of events is the same in every order, and another one when one is lost, doubled or changed', () => {
  const hashes = fc.uniqueArray(fc.bigInt({ min: 1n, max: (1n << 256n) - 1n }), { minLength: 1 })
  const shuffled = hashes.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  )
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      expect(sumOf(other)).toEqual(sumOf(all))
      expect(sameSum(sumOf(all.slice(1)), sumOf(all))).toBe(false)
      expect(sameSum(plus(sumOf(all), all[0] as bigint), sumOf(all))).toBe(false)
      expect(sameSum(sumOf([...all.slice(1), (all[0] as bigint) - 1n]), sumOf(all))).toBe(false)
      expect(hexOf(sumOf(all))).toMatch(/^[0-9a-f]{64}$/)
    }),
  )
})

it('an event has one hash, however its members stand and its time is spelled', () => {
  expect(hashOfEvent(document({ a: 1, b: [2] }))).toBe(hashOfEvent(document({ b: [2], a: 1 })))
  expect(hashOfEvent(document({}, '2026-01-01T01:00:00+01:00'))).toBe(hashOfEvent(document({})))
  expect(hashOfEvent(document({}, '2026-01-01T00:00:00.001Z'))).not.toBe(hashOfEvent(document({})))
  expect(hashOfEvent(document({ a: 1 }))).not.toBe(hashOfEvent(document({ a: '1' })))
})

it('work is done so many at once, what it finds too, and a failure waits for what is under way', async () => {
  let [running, most, done] = [0, 0, 0]
  const work = async (item: number) => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    done++
    return item > 4 ? [item >> 1, item >> 1] : []
  }
  await concurrently(3, [20, 1, 1, 1, 1], work)
  expect([most, done]).toEqual([3, 19])
  let told = 0
  const failing = concurrently(3, [1, 2, 3, 4, 5, 6, 7, 8], async (item, signal) => {
    signal.addEventListener('abort', () => told++)
    await work(0)
    if (item === 2) throw new Error('two')
    await work(0)
    return []
  })
  await expect(failing).rejects.toThrow('two')
  expect(running).toBe(0)
  expect(told).toBe(3)
})

it('the pace tells events a second, and how long the rest takes', () => {
  expect(paceOf(0, 100, 1000)).toEqual({ rate: 0, left: '-' })
  expect(paceOf(500, 1000, 1000)).toEqual({ rate: 500, left: '1 s' })
  expect(paceOf(10, 1000, 1000)).toEqual({ rate: 10, left: '1 min 39 s' })
  expect(paceOf(1, 3601, 1000)).toEqual({ rate: 1, left: '1 h 0 min 0 s' })
})
