import { expect, it } from 'vitest'
import { eventReference, parseEventReference } from '../../../../src/core/events/event-reference.ts'
import { leaseId, leaseIdIn, leaseText } from '../../../../src/core/port/lease-store.ts'
import { intervalText } from '../../../../src/core/positions/hash-interval.ts'

it.each([
  [{ min: '', max: '20000000' }, '0-20000000', 'counts:1:-20000000'],
  [{ min: '20000000', max: 'FF' }, '20000000-FF', 'counts:1:20000000-FF'],
  [{ min: '', max: 'FF' }, '0-FF', 'counts:1:-FF'],
])('a range has one spelling, which leads back to the lease: %j', (range, text, id) => {
  expect(intervalText(range)).toBe(text)
  expect(leaseId('counts', 1, range)).toBe(id)
  expect(leaseText({ projection: 'counts', version: 1, range })).toBe(`counts:1:${text}`)
  for (const given of [id, `counts:1:${text}`]) expect(leaseIdIn(given)).toBe(id)
})

it('an event has one spelling, which can be taken apart', () => {
  const text = eventReference('meter:87000001:2020', 7)
  expect(text).toBe('meter:87000001:2020@7')
  expect(parseEventReference(text)).toEqual({ streamId: 'meter:87000001:2020', version: 7 })
  expect(parseEventReference('a:b@c@2')).toEqual({ streamId: 'a:b@c', version: 2 })
  for (const bad of ['', 'a:1', 'a:1@', 'a:1@0', 'a:1@01', 'a:1@-1', '@1', 'a:1@x', `a:1@${'9'.repeat(20)}`]) {
    expect(parseEventReference(bad), bad).toBeUndefined()
  }
})
