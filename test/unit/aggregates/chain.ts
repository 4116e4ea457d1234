import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { decodeEvents } from '../../../src/core/events/codec.ts'
import {
  type EventDocument,
  type NewEventDocument,
  PERIOD_CLOSED,
  PERIOD_OPENED,
} from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { AccountState } from './account.ts'
import { account } from './account.ts'

/** All events of a stream. */
export const eventsOf = (storage: Pick<StoragePort, 'events'>, streamId: string): Promise<EventDocument[]> =>
  Array.fromAsync(storage.events.read(streamId))

/** A plain fold of some events, as simple as can be. */
export async function plainFold(documents: readonly EventDocument[]): Promise<AccountState> {
  let state = account.initial
  for (const event of await decodeEvents(account.events, documents)) {
    state = account.evolve[event.type](state, event as never)
  }
  return state
}

/** One period of an account as it is stored. */
export type StoredPeriod = { readonly period: string; readonly events: readonly EventDocument[] }

/**
 * Reads all periods of an account, beginning with the list, and asserts that they are one chain: each period but the
 * last is closed once, at its end; each begins exactly as was decided before; and only the last one is open.
 */
export async function readChain(
  storage: Pick<StoragePort, 'events'>,
  id: string,
  candidates: readonly string[],
): Promise<StoredPeriod[]> {
  const list = await eventsOf(storage, `account:${id}`)
  ok(list.every(({ eventType }) => eventType === PERIOD_OPENED))
  const listed = list.map(({ eventData }) => eventData.period as string)
  deepStrictEqual(listed, [...new Set(listed)].sort(), 'periods are listed once, in order')
  const chain: StoredPeriod[] = []
  let opening = list[0]?.eventData.opening as readonly NewEventDocument[] | undefined
  for (const [index, period] of listed.entries()) {
    const events = await eventsOf(storage, `account:${id}:${period}`)
    strictEqual(list[index]?.eventData.predecessor, listed[index - 1])
    ok(opening, `period ${period} was not announced`)
    const begin = events
      .slice(0, opening.length)
      .map(({ eventType, eventData, metadata: { recordedAt, ...metadata } }) => {
        ok(recordedAt)
        return { eventType, eventData, metadata }
      })
    deepStrictEqual(begin, opening, `period ${period} does not begin as was decided`)
    const closings = events.filter(({ eventType }) => eventType === PERIOD_CLOSED)
    const isLast = index === listed.length - 1
    strictEqual(closings.length, isLast ? 0 : 1, `period ${period} is closed ${closings.length} times`)
    if (!isLast) {
      strictEqual(events.at(-1), closings[0])
      strictEqual(closings[0]?.eventData.successor, listed[index + 1])
      opening = [closings[0]?.eventData.opening as unknown as NewEventDocument]
    }
    chain.push({ period, events })
  }
  for (const period of candidates) {
    if (listed.includes(period)) continue
    strictEqual((await eventsOf(storage, `account:${id}:${period}`)).length, 0, `period ${period} is not in the list`)
  }
  return chain
}
