import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { defineReaction } from '../../../../src/reactions/define-reaction.ts'

const events = defineEvents({ Counted: z.object({}) })

/** A projection that counts the events of each stream, and of all; every version makes the same. */
export const countsDefinition = (version: number) => ({
  version,
  events,
  key: ({ streamId }: { readonly streamId: string }) => [streamId, 'all'],
  initial: () => ({ count: 0 }),
  on: { Counted: ({ count }: { readonly count: number }) => ({ count: count + 1 }) },
})

export const counts = (version: number) => defineProjection('counts', countsDefinition(version))

/** The same, without the view over all, and with handlers that never succeed. */
export const poisonous = (version: number) =>
  defineProjection('counts', {
    version,
    events,
    key: ({ streamId }) => streamId,
    initial: () => ({ count: 0 }),
    on: {
      Counted: () => {
        throw new Error('poison')
      },
    },
  })

/** A reaction to every event, which succeeds or not. */
export const reacting = (succeeds: boolean) =>
  defineReaction('counts', {
    events,
    from: 'start',
    attempts: 1,
    on: {
      Counted: () => {
        if (!succeeds) throw new Error('out of reach')
      },
    },
  })

/** Appends so many events; answers their position. */
export async function count(port: StoragePort, streamId: string, times = 1): Promise<string> {
  const news = Array.from({ length: times }, () => ({ type: 'Counted' as const, data: {} }))
  return (await eventStore(port, events).append(streamId, news, { expectedVersion: 'any' })).position
}
