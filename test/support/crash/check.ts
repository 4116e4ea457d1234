import { expect } from 'vitest'
import type { Continuation, FeedEvent } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { comparePositions, type Position } from '../../../src/core/positions/position.ts'
import type { Acknowledged } from './killed-writer.ts'

/** Reads the feed on from where it stood, and remembers what came. */
export class Follower {
  readonly seen: FeedEvent[] = []
  readonly #storage: StoragePort
  readonly #continuations = new Map<string, Continuation>()

  constructor(storage: StoragePort) {
    this.#storage = storage
  }

  async read(): Promise<void> {
    for (const range of await this.#storage.feed.ranges()) {
      for (let caughtUp = false; !caughtUp; ) {
        const from = this.#continuations.get(range.min) ?? 'start'
        const page = await this.#storage.feed.read(range, from, { limit: 300 })
        this.seen.push(...page.events)
        this.#continuations.set(range.min, page.continuation)
        caughtUp = page.caughtUp
      }
    }
  }
}

/** All that must hold for a log whose writers were killed. */
export async function checkLog(
  storage: StoragePort,
  follower: Follower,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const fresh = await settled(storage, follower)
  const place = ({ range, position, event }: FeedEvent) => `${range.min} ${position.lsn} ${event.id}`
  expect(follower.seen.map(place).sort(), 'no event appears behind a position that was read').toEqual(
    fresh.seen.map(place).sort(),
  )
  checkOrder(fresh.seen)
  checkAppends(fresh.seen)
  const stored = new Map(fresh.seen.map(({ event }) => [event.id, event.eventData.of]))
  for (const { streamId, version, count, of } of acknowledged) {
    for (let i = 0; i < count; i++) {
      const id = `${streamId}:${version - i}`
      if (stored.get(id) !== of) expect.fail(`${id} was acknowledged for ${of}, and is ${stored.get(id)}`)
    }
  }
}

/**
 * Lets the follower catch up, and reads the whole feed before and after it until both are the same: what was on its
 * way to a server when its sender died may still arrive.
 */
async function settled(storage: StoragePort, follower: Follower): Promise<Follower> {
  for (let before = 0; ; ) {
    await follower.read()
    const fresh = new Follower(storage)
    await fresh.read()
    if (fresh.seen.length === before) return fresh
    before = fresh.seen.length
  }
}

function checkOrder(events: readonly FeedEvent[]): void {
  const last = new Map<string, Position>()
  const versions = new Map<string, number>()
  for (const { event, position, range } of events) {
    const before = last.get(range.min)
    if (before) expect(comparePositions(position, before), 'positions grow').toBeGreaterThan(0)
    last.set(range.min, position)
    expect(event.stream.version, `no gap in ${event.stream.id}`).toBe((versions.get(event.stream.id) ?? 0) + 1)
    versions.set(event.stream.id, event.stream.version)
  }
}

function checkAppends(events: readonly FeedEvent[]): void {
  for (const [, part] of Map.groupBy(events, ({ appendId, range }) => `${range.min} ${appendId}`)) {
    const { of, count } = part[0]?.event.eventData ?? {}
    expect(part, `append ${of} is whole`).toHaveLength(Number(count))
    expect(part.map(({ event }) => event.eventData.index)).toEqual(part.map((_, i) => i))
    expect(new Set(part.map(({ event }) => event.eventData.of)).size).toBe(1)
  }
}
