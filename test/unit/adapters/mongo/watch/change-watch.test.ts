import { MongoNetworkError, MongoServerError } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { ChangeWatch } from '../../../../../src/adapters/mongo/watch/change-watch.ts'
import type { FollowedStream, Kind } from '../../../../../src/adapters/mongo/watch/followed-stream.ts'

type Opened = {
  readonly word: (kind: Kind, slot?: number) => void
  readonly opened: () => void
  readonly end: (error: unknown) => void
}

/** A watch over change streams that the test opens, speaks through and ends. */
function watched(pollInterval = 60_000) {
  const streams: Opened[] = []
  const notices: string[] = []
  const watch = new ChangeWatch({
    follow(word, opened): FollowedStream {
      const { promise, reject } = Promise.withResolvers<void>()
      streams.push({ word, opened, end: reject })
      return { ended: promise, close: async () => reject(new Error('closed')) }
    },
    pollInterval,
    onNotice: (notice) => notices.push(notice),
  })
  return { watch, streams, notices }
}

const never = new AbortController().signal
const until = async (holds: () => boolean) => {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 2))
  expect(holds()).toBe(true)
}

/** Whether a promise is resolved by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false
  promise.then(() => {
    done = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  return done
}

describe('ChangeWatch', () => {
  it('opens one stream for all who wait, and only when somebody does', async () => {
    const { watch, streams } = watched()
    expect(streams).toHaveLength(0)
    const waits = [watch.changed('events', never), watch.changed('documents', never), watch.changed('events', never)]
    expect(streams).toHaveLength(1)
    await watch.close()
    await Promise.all(waits)
  })

  it('polls until the stream has given its first answer, which may mean that something was missed', async () => {
    const { watch, streams } = watched(5)
    await watch.changed('events', never)
    expect(watch.isOpen).toBe(false)
    const { watch: patient, streams: others } = watched()
    const waiting = patient.changed('documents', never)
    others[0]?.opened()
    await waiting
    expect(patient.isOpen).toBe(true)
    expect(streams).toHaveLength(1)
    await Promise.all([watch.close(), patient.close()])
  })

  it('wakes those who wait for that kind', async () => {
    const { watch, streams } = watched()
    await Promise.all([watch.changed('events', never), streams[0]?.opened()])
    const events = watch.changed('events', never)
    const documents = watch.changed('documents', never)
    streams[0]?.word('events')
    await events
    expect(await isDone(documents)).toBe(false)
    watch.notify('documents')
    await documents
    await watch.close()
  })

  it('wakes those who wait for that slot, and those who wait for any', async () => {
    const { watch, streams } = watched()
    await Promise.all([watch.changed('events', never), streams[0]?.opened()])
    const [any, one, two] = [undefined, 1, 2].map((slot) => watch.changed('events', never, slot))
    streams[0]?.word('events', 2)
    await Promise.all([any, two])
    expect(await isDone(one as Promise<void>)).toBe(false)
    watch.notify('documents')
    expect(await isDone(one as Promise<void>)).toBe(false)
    // Where nobody knows the slot, all look.
    watch.notify('events')
    await one
    const again = watch.changed('events', never, 1)
    streams[0]?.end(new MongoNetworkError('cut'))
    await again
    await watch.close()
  })

  it('has everybody look when the stream ends, and opens another one', async () => {
    const { watch, streams, notices } = watched()
    const first = watch.changed('events', never)
    streams[0]?.opened()
    await first
    const waiting = watch.changed('events', never)
    // The oplog was rolled over.
    streams[0]?.end(new MongoServerError({ message: 'lost', code: 286 }))
    await waiting
    expect(watch.isOpen).toBe(false)
    await until(() => streams.length === 2)
    const again = watch.changed('events', never)
    streams[1]?.end(new MongoNetworkError('cut'))
    await again
    await until(() => streams.length === 3)
    const last = watch.changed('documents', never)
    streams[2]?.opened()
    await last
    expect([watch.isOpen, notices]).toEqual([true, []])
    await watch.close()
  })

  it('polls, and says so once, where there are no change streams', async () => {
    const { watch, streams, notices } = watched(5)
    const waiting = watch.changed('events', never)
    streams[0]?.end(new MongoServerError({ message: 'only on replica sets', code: 40573 }))
    await waiting
    for (let i = 0; i < 3; i++) await watch.changed('events', never)
    expect(streams).toHaveLength(1)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('every 5 ms')
    await watch.close()
  })

  it('ends a wait on abort and on close', async () => {
    const { watch } = watched()
    const controller = new AbortController()
    const aborted = watch.changed('events', controller.signal)
    const closed = watch.changed('events', never)
    controller.abort()
    await aborted
    expect(await isDone(closed)).toBe(false)
    await watch.close()
    await closed
    await watch.changed('events', never)
  })
})
