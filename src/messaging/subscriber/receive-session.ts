import type { BusSession, ReceivedMessage } from '../bus/subscription.ts'
import type { Availability } from './availability.ts'
import type { BoundedCalls } from './bounded-calls.ts'
import { type Preparation, prepareMessage } from './prepare-message.ts'
import { type Arrival, type StoreOutcome, type SubscriberStorage, storeArrivals } from './store-messages.ts'

/** What receiving a session requires. */
export type SessionWork = {
  readonly storage: SubscriberStorage
  readonly preparation: Preparation
  readonly availability: Availability
  readonly calls: BoundedCalls
  readonly signal: AbortSignal
  /** Called with what became of a message once it is settled. */
  onSettled(outcome: StoreOutcome['kind']): void
}

const MOST_AT_ONCE = 32
// After so many messages, another session has its turn.
const MOST_OF_SESSION = 100
// Milliseconds that settling may take.
const SETTLE_WAIT = 5_000

/**
 * Receives the messages of a session, stores them and settles them, until there is none for `idle` milliseconds, or
 * there were many.
 *
 * @throws what the bus throws, and the signal's reason; what was not settled is delivered again
 */
export async function receiveSession(work: SessionWork, session: BusSession, idle: number): Promise<void> {
  const { calls, signal } = work
  for (let received = 0; received < MOST_OF_SESSION; ) {
    if (signal.aborted) return
    const messages = await calls.bounded(idle, () => session.receive(MOST_AT_ONCE, idle, signal))
    if (messages.length === 0) return
    await settleAll(work, session, messages, await storeAll(work, messages))
    received += messages.length
  }
}

/** Stores messages in order: those of one stream that follow one another in one append. */
async function storeAll(
  { storage, preparation, availability, signal }: SessionWork,
  messages: readonly ReceivedMessage[],
): Promise<readonly StoreOutcome[]> {
  const outcomes: StoreOutcome[] = []
  let arrivals: Arrival[] = []
  const store = async () => {
    const together = arrivals
    arrivals = []
    outcomes.push(...(await availability.run(() => storeArrivals(storage, preparation.definitions, together))))
  }
  for (const message of messages) {
    const prepared = await availability.run(() => prepareMessage(preparation, message, signal))
    const isNext = !('kind' in prepared) && prepared.stream === (arrivals[0]?.stream ?? prepared.stream)
    if (!isNext) await store()
    if ('kind' in prepared) outcomes.push(prepared)
    else arrivals.push(prepared)
  }
  await store()
  return outcomes
}

/**
 * Settles messages in order: those that are completed together, and each that is dead-lettered on its own. The AMQP
 * client of Azure Service Bus merges what is settled at the same time, and gives a message the outcome of the one before
 * it.
 *
 * @throws the first failure, once those that were settled together have ended
 */
async function settleAll(
  { calls, onSettled }: SessionWork,
  session: BusSession,
  messages: readonly ReceivedMessage[],
  outcomes: readonly StoreOutcome[],
): Promise<void> {
  let completing: Promise<void>[] = []
  const settle = async (outcome: StoreOutcome, work: () => Promise<void>) => {
    await calls.bounded(SETTLE_WAIT, work)
    onSettled(outcome.kind)
  }
  const completed = async () => {
    const settling = await Promise.allSettled(completing)
    completing = []
    for (const one of settling) if (one.status === 'rejected') throw one.reason
  }
  for (const [i, message] of messages.entries()) {
    const outcome = outcomes[i] as StoreOutcome
    if (outcome.kind === 'refused') {
      await completed()
      await settle(outcome, () => session.deadLetter(message, outcome.reason, outcome.description))
    } else completing.push(settle(outcome, () => session.complete(message)))
  }
  await completed()
}
