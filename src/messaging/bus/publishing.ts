import { isAttributeText } from '../../cloud-events/attribute-text.ts'
import { toCloudEvent } from '../../cloud-events/to-cloud-event.ts'
import { MessageTooLarge } from '../../core/errors/bus.ts'
import { InvalidDefinition } from '../../core/errors/input.ts'
import { PayloadStoreFailed } from '../../core/errors/payload.ts'
import type { AnyEventTypes, EventSet, EventTypes, RecordedEvent } from '../../core/events/types.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { BatchContext, Reaction } from '../../reactions/reaction.ts'
import type { Bus, BusMessage, PublishFailure } from './bus.ts'
import { type ClaimStore, checkIn, claimOf } from './claim-check.ts'

/** What is published, and where. */
export type PublishingDefinition<E extends EventTypes> = {
  readonly events: EventSet<E>
  /** Which of the events; all of them by default. */
  readonly types?: readonly (keyof E & string)[]
  readonly bus: Bus
  /** A queue, topic or subject of the bus: `addressOf(storage.environment, contract)` for the calls of a contract. */
  readonly address: string
  /** What the events come from, as a URI reference, such as `/prod/shop`: `source` of the CloudEvents. */
  readonly source: string
  /**
   * Whether personal members of events are published, too. What was published cannot be forgotten any more. Default
   * false.
   */
  readonly personal?: boolean
  /**
   * Keeps the data of messages that are too large for the bus, which then carry a reference (claim check). Without it,
   * the stream of such an event is parked.
   */
  readonly claims?: ClaimStore
  /** Where it begins when it is started for the first time: with new events only, or with all. Default `'now'`. */
  readonly from?: 'now' | 'start'
  /** How often a message that the bus refuses is tried before its stream is parked; default 5. */
  readonly attempts?: number
}

const MOST_MESSAGES = 100
// Longer than a bus takes to notice that it is away, or to give up on the rest of a batch.
const TIME_LIMIT = 60_000

/**
 * Defines the publication of events to a bus: a reaction, so it has leases, order and parking. The messages of a stream
 * are in order, and each is published at least once; a bus recognises repeats by the idempotency key, if it can. While
 * the bus is away, it waits and parks nothing. A message that the bus refuses parks its stream, and no other.
 *
 * @param name as a reaction's; idempotency keys depend on it
 * @throws InvalidDefinition
 */
export function publishing<E extends EventTypes>(name: string, definition: PublishingDefinition<E>): Reaction {
  const { bus, address, source, claims, personal = false, types, from, attempts } = definition
  if (!isAttributeText(source) || /\s/.test(source)) {
    throw new InvalidDefinition(`Publishing ${name}: source must be a URI reference`)
  }
  if (typeof address !== 'string' || address === '') {
    throw new InvalidDefinition(`Publishing ${name}: address must be a queue, topic or subject`)
  }
  const events = narrowed(name, definition.events as unknown as EventSet<AnyEventTypes>, types)
  const publish = async (published: readonly RecordedEvent<AnyEventTypes>[], context: BatchContext) => {
    const messages = published.map((event) => ({
      event: toCloudEvent(events, event, source),
      key: event.streamId,
      idempotencyKey: context.keyOf(event),
    }))
    const failed = new Set<string>()
    for (const { index, error } of await publishAll({ bus, address, claims }, messages, context.signal)) {
      const { key } = messages[index] as BusMessage
      // The later ones of the stream were not sent, and are no failures of their own.
      if (!failed.has(key)) context.fail(published[index] as RecordedEvent<AnyEventTypes>, error)
      failed.add(key)
    }
  }
  const reaction = defineReaction(name, {
    events,
    personal,
    batch: { most: MOST_MESSAGES },
    timeLimit: TIME_LIMIT,
    unavailable: isNoFaultOfEvents,
    handle: publish as never,
    ...(from !== undefined && { from }),
    ...(attempts !== undefined && { attempts }),
  })
  return { ...reaction, usesBus: true }
}

// The bus was too slow, or the claim store failed.
const isNoFaultOfEvents = (error: unknown): boolean =>
  error instanceof PayloadStoreFailed || (error instanceof DOMException && error.name === 'TimeoutError')

type Destination = { readonly bus: Bus; readonly address: string; readonly claims: ClaimStore | undefined }

/** Publishes messages; those that are too large with their data in the claim store, if there is one. */
async function publishAll(
  destination: Destination,
  messages: readonly BusMessage[],
  signal: AbortSignal,
): Promise<readonly PublishFailure[]> {
  const { bus, address, claims } = destination
  const failures = await bus.publish(address, messages, signal)
  if (claims === undefined) return failures
  const kept: PublishFailure[] = []
  const again: { readonly index: number; readonly message: BusMessage }[] = []
  // Of each stream, the first failure is the message's own, and the others were held back by it.
  const isRetried = new Map<string, boolean>()
  for (const failure of failures) {
    const message = messages[failure.index] as BusMessage
    const known = isRetried.get(message.key)
    const retries = known ?? (failure.error instanceof MessageTooLarge && claimOf(message.event) === undefined)
    isRetried.set(message.key, retries)
    if (!retries) kept.push(failure)
    else {
      const small = known === undefined ? await checkIn(claims, message, signal) : message
      again.push({ index: failure.index, message: small })
    }
  }
  if (again.length === 0) return kept
  const small = again.map(({ message }) => message)
  const rest = await publishAll(destination, small, signal)
  const failedAgain = rest.map(({ index, error }) => ({ index: (again[index] as { index: number }).index, error }))
  return [...kept, ...failedAgain].toSorted((a, b) => a.index - b.index)
}

/** The set with only some of its events. @throws InvalidDefinition if one of them is not in the set */
function narrowed(
  name: string,
  events: EventSet<AnyEventTypes>,
  types: readonly string[] | undefined,
): EventSet<AnyEventTypes> {
  if (types === undefined) return events
  const unknown = types.find((type) => !Object.hasOwn(events.definitions, type))
  if (unknown !== undefined) throw new InvalidDefinition(`Publishing ${name}: there is no event type ${unknown}`)
  const definitions = Object.fromEntries(types.map((type) => [type, events.definitions[type]]))
  return { ...events, definitions: definitions as EventSet<AnyEventTypes>['definitions'] }
}
