import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { EventTypesOf, NewEvent } from '../../../src/core/events/types.ts'
import type { EventDocument } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import type { FailurePlace } from '../../../src/processor/ranges/range-context.ts'
import type { Rule } from '../../../src/rules/definition/rule.ts'
import { subjectStream } from '../../../src/rules/subjects/subject-stream.ts'
import { open } from '../timers/support.ts'

export const cart = defineEvents({
  productAdded: z.object({ user_id: z.string(), product_id: z.string() }),
  loggedIn: z.object({ user_id: z.string(), at: z.string() }),
})

type CartEvents = EventTypesOf<typeof cart>

export const badges = defineEvents({ badgeEarned: z.object({ badge: z.string() }) })

/** Appends events to a stream. */
export const add = (port: StoragePort, streamId: string, ...events: readonly NewEvent<CartEvents>[]) =>
  eventStore(port, cart).append(streamId, events, { expectedVersion: 'any' })

export const added = (user_id: string, product_id: string) => cart.create('productAdded', { user_id, product_id })

/** The subject of the events above. */
export const user = ({ data }: { readonly data: { readonly user_id: string } }) => `user:${data.user_id}`

/** The events of a subject's stream. */
export const eventsOf = async (port: StoragePort, subject: string): Promise<readonly EventDocument[]> =>
  (await port.events.load(subjectStream(subject))).events

/** The types and the data of the events of a subject's stream. */
export const writtenTo = async (port: StoragePort, subject: string) =>
  (await eventsOf(port, subject)).map(({ eventType, eventData }) => [eventType, eventData] as const)

/** A storage with a processor that runs rules. Time passes only when a test lets it. */
export async function running(...rules: readonly Rule[]) {
  const world = open(2)
  const failures: Failure[] = []
  const processor = await world.whileTimePasses(
    startProcessor(world.theirs, rules, {
      clock: world.clock,
      onError(error, place) {
        const { code, message, stack } = causeOf(error)
        failures.push({ code, message, place, text: `${error} ${stack}` })
      },
    }),
  )
  return {
    ...world,
    failures,
    end: () => world.whileTimePasses(processor.stop()),
  }
}

type Failure = {
  readonly code: string
  readonly message: string
  readonly place: FailurePlace
  readonly text: string
}

/** The error of a rule among the causes of an error, or else the error itself. */
function causeOf(error: unknown): Coded {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.name.startsWith('Rule')) return one as Coded
  }
  return error as Coded
}

type Coded = Error & { readonly code: string }
