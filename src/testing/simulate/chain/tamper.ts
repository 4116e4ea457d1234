import { TOMBSTONE } from '../../../core/port/event-document.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import type { MemoryState } from '../../memory/state.ts'

/** What an attacker did to a sealed event. */
export type Tampered = {
  /** What a verification must find. */
  readonly code: 'eventChanged' | 'eventMissing'
  readonly streamId: string
  readonly version: number
  /** Takes it back. */
  restore(): void
}

/** Changes or removes some event of a stream that was not deleted. @returns undefined if there is none */
export function tamper(state: MemoryState, random: () => number): Tampered | undefined {
  const streams = [...state.streams.values()].filter(({ deleted, events }) => !deleted && events.length > 0)
  if (streams.length === 0) return undefined
  const { id: streamId, events } = oneOf(random, streams)
  const at = below(random, events.length)
  const event = events[at]
  if (!event || event.json.includes(TOMBSTONE)) return undefined
  const isRemoved = random() < 0.5
  const document = JSON.parse(event.json)
  const changed = { ...document, eventData: { ...document.eventData, tampered: true } }
  events[at] = isRemoved ? null : { ...event, json: JSON.stringify(changed) }
  return {
    code: isRemoved ? 'eventMissing' : 'eventChanged',
    streamId,
    version: at + 1,
    restore() {
      events[at] = event
    },
  }
}
