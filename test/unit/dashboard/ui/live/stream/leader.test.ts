import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TopicName } from '../../../../../../src/dashboard/contract/topics.ts'
import { lead } from '../../../../../../src/dashboard/ui/live/stream/leader.ts'

/** The streams that were opened, as the server sees them. */
const streams: { readonly url: string; closed: boolean }[] = []

class FakeSource {
  readonly stream: { readonly url: string; closed: boolean }
  constructor(url: string) {
    this.stream = { url, closed: false }
    streams.push(this.stream)
  }
  addEventListener() {}
  close() {
    this.stream.closed = true
  }
}

const open = () => streams.filter(({ closed }) => !closed).map(({ url }) => url)

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  streams.length = 0
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function leading() {
  const sent: (readonly TopicName[])[] = []
  return {
    sent,
    leader: lead(
      () => {},
      (topics) => sent.push(topics),
    ),
  }
}

test('all tabs share one stream, which sends what any of them shows', () => {
  const { leader, sent } = leading()
  leader.wants('a', ['overview'])
  leader.wants('b', ['overview', 'ranges'])
  leader.wants('c', ['overview'])
  expect(open()).toEqual(['api/live?topics=overview,ranges'])
  expect(sent).toEqual([['overview'], ['overview', 'ranges']])
})

test('a topic that no tab shows any more is sent for a while, so that going back costs nothing', () => {
  const { leader } = leading()
  leader.wants('a', ['overview', 'recent'])
  leader.wants('a', ['overview'])
  vi.advanceTimersByTime(19_000)
  expect(open()).toEqual(['api/live?topics=overview,recent'])
  leader.wants('a', ['overview', 'recent'])
  vi.advanceTimersByTime(60_000)
  expect(streams).toHaveLength(1)
  leader.wants('a', ['overview'])
  vi.advanceTimersByTime(20_000)
  expect(open()).toEqual(['api/live?topics=overview'])
})

test('a tab that is closed, or that was not heard of for long, is not sent anything', () => {
  const { leader } = leading()
  leader.wants('a', ['overview'])
  leader.wants('b', ['overview', 'ranges'])
  leader.wants('c', ['overview', 'recent'])
  leader.wants('c', [])
  vi.advanceTimersByTime(20_000)
  expect(open()).toEqual(['api/live?topics=overview,ranges'])
  vi.advanceTimersByTime(150_000)
  leader.wants('a', ['overview'])
  vi.advanceTimersByTime(20_000)
  expect(open()).toEqual(['api/live?topics=overview'])
})

test('nothing is open when no tab shows anything, and after the leader has ended', () => {
  const { leader } = leading()
  leader.wants('a', ['overview'])
  leader.wants('a', [])
  vi.advanceTimersByTime(20_000)
  expect(open()).toEqual([])
  leader.wants('a', ['overview'])
  expect(open()).toHaveLength(1)
  leader.close()
  expect(open()).toEqual([])
})
