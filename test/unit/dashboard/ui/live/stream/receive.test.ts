import { beforeEach, expect, test } from 'vitest'
import { measuredAt, measuredEvery } from '../../../../../../src/dashboard/ui/live/freshness.ts'
import { samples, valuesOf } from '../../../../../../src/dashboard/ui/live/samples.ts'
import { type LiveMessage, receive } from '../../../../../../src/dashboard/ui/live/stream/receive.ts'
import { forgetAllBut, topic } from '../../../../../../src/dashboard/ui/live/topics.ts'

const hello = (epoch: string): LiveMessage => ({
  name: 'hello',
  data: { epoch, at: 1000, release: '1', role: 'viewer', everyMs: 2000, series: ['oldest'] },
})
const recent = (streamId: string) => ({ streamId, version: 1, type: 'T', id: streamId, recordedAt: '2026' })
const snapshot = (rev: number, ...ids: readonly string[]): LiveMessage => ({
  name: 'snapshot',
  data: { topic: 'recent', rev, data: Object.fromEntries(ids.map((id) => [id, recent(id)])) },
})
const patch = (from: number, id: string): LiveMessage => ({
  name: 'patch',
  data: { topic: 'recent', rev: from + 1, from, set: { [id]: recent(id) } },
})
const keys = () => topic('recent').keys.value

beforeEach(() => {
  forgetAllBut([])
})

test('a snapshot and the patches that follow it make a table', () => {
  expect([...receive([hello('e1'), snapshot(4, 'a'), patch(4, 'b')])]).toEqual([])
  expect(keys()).toEqual(['a', 'b'])
})

test('a snapshot is asked for when a message is missing, or when the server says that it skipped some', () => {
  receive([snapshot(4, 'a')])
  expect([...receive([patch(5, 'c')])]).toEqual(['recent'])
  expect([...receive([{ name: 'gap', data: { topic: 'ranges' } }])]).toEqual(['ranges'])
})

test('a snapshot that comes in the same moment is not asked for again', () => {
  receive([snapshot(4, 'a')])
  expect([...receive([{ name: 'gap', data: { topic: 'recent' } }, snapshot(9, 'z')])]).toEqual([])
})

test('a server that has started anew counts anew, so what it had sent before is forgotten', () => {
  receive([hello('e1'), snapshot(40, 'a')])
  receive([hello('e2'), snapshot(1, 'b')])
  expect(keys()).toEqual(['b'])
})

test('a connection to the same server that is opened again keeps what is known', () => {
  receive([hello('e2'), snapshot(40, 'a'), hello('e2')])
  expect(keys()).toEqual(['a'])
})

test('samples say when something was measured, and pings do not any more once there are samples', () => {
  receive([hello('e2'), { name: 'sample', data: { t: 5000, v: [7] } }, { name: 'ping', data: { at: 9000 } }])
  expect([measuredAt.value, measuredEvery.value, valuesOf(samples.value, 'oldest')]).toEqual([5000, 2000, [7]])
})
