import type { CloudEvent } from '../../cloud-events/cloud-event.ts'
import { inboxStream } from '../../cloud-events/to-new-event.ts'
import { notify } from '../../core/async/callbacks.ts'
import { withDeadline } from '../../core/async/deadline.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { TidemarkError } from '../../core/errors/base.ts'
import { BusLockLost } from '../../core/errors/bus.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import type { EventSet, EventTypes } from '../../core/events/types.ts'
import { guardedTelemetry } from '../../core/telemetry/guarded-telemetry.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { ClaimStore } from '../bus/claim-check.ts'
import type { BusSession, BusSubscription } from '../bus/subscription.ts'
import { trackAvailability } from './availability.ts'
import { boundCalls } from './bounded-calls.ts'
import { receiveSession } from './receive-session.ts'
import type { StoreOutcome, SubscriberStorage } from './store-messages.ts'
import { countMessages, type SubscriberStatus } from './subscriber-status.ts'

/** What is received, and how it is stored. */
export type SubscriberOptions<E extends EventTypes = EventTypes> = {
  readonly subscription: BusSubscription
  /** The events that this service shares with the senders, if any: they are sealed, and keep their schema's version. */
  readonly events?: EventSet<E>
  /**
   * The stream that an event is appended to; by default `inbox-` and the subject. A pure function, because a message
   * that is delivered again must get the same stream.
   */
  readonly stream?: (event: CloudEvent) => string
  /** Where senders keep the data of messages that are too large for the bus. */
  readonly claims?: ClaimStore
  /** How many sessions it receives at once; default 8. */
  readonly sessions?: number
  /** Called with each failure; the subscriber continues. */
  readonly onError?: (error: unknown) => unknown
  readonly telemetry?: Telemetry
  readonly clock?: Clock
  /** The random source for backoff jitter; `Math.random` by default. */
  readonly random?: () => number
}

/** A running subscriber. */
export interface Subscriber extends AsyncDisposable {
  status(): SubscriberStatus
  /** Ends once the messages in progress are settled, and closes the subscription. It may be called again. */
  stop(): Promise<void>
}

const PAUSES = { first: 1_000, most: 60_000 }
// Milliseconds to wait for the end of a session or connection, which the bus ends in any case.
const CLOSE_WAIT = 2_000
// Milliseconds to wait for more messages of a session: longer while no other session has any.
const IDLE = 1_000
const BUSY_IDLE = 25
// A session that is accepted sooner had messages waiting.
const BUSY_ACCEPT = 200

/**
 * Receives messages and appends them to streams: stored first, judged later. A message is completed once its event is in
 * the log, so none is lost, and the id of the event comes from the message, so none is stored twice, however long after.
 * Messages of one key stay in order. Only what cannot be stored goes to the dead-letter queue, such as what is no
 * CloudEvent, or has the id of an event with other content. While the storage is unavailable, nothing is settled and
 * nothing is accepted.
 *
 * @throws BusEntityUnsuitable before anything is received; InvalidOption
 */
export async function startSubscriber<E extends EventTypes>(
  storage: SubscriberStorage,
  options: SubscriberOptions<E>,
): Promise<Subscriber> {
  const { subscription, sessions: lanes = 8, clock = systemClock, random = Math.random, onError } = options
  if (!Number.isSafeInteger(lanes) || lanes < 1) throw new InvalidOption('sessions', 'a whole number from 1', lanes)
  const { name, acceptWait } = subscription
  const telemetry = guardedTelemetry(options.telemetry)
  const stopping = new AbortController()
  const { signal } = stopping
  const calls = boundCalls(subscription, clock)
  try {
    await calls.bounded(acceptWait, () => subscription.verify(signal))
  } catch (error) {
    // When it is back, accepting a session shows whether it is suitable.
    if (error instanceof DestinationUnavailable) notify(onError, error)
    else {
      await subscription.close()
      throw error
    }
  }

  const waiting = { pauses: PAUSES, clock, random, signal, onFailure: (error: unknown) => notify(onError, error) }
  const isOutage = (error: unknown) => !(error instanceof StorageClosed || error instanceof BusLockLost)
  const storageState = trackAvailability({ ...waiting, isOutage })
  // A session that was accepted may still fail at each call.
  const busState = trackAvailability({ ...waiting, isOutage, confirms: (session) => session === undefined })
  const counts = countMessages(telemetry, name)
  let open = 0
  let stoppedBy: unknown
  const work = {
    storage,
    preparation: {
      definitions: options.events?.definitions ?? {},
      stream: options.stream ?? inboxStream,
      claims: options.claims,
    },
    availability: storageState,
    calls,
    signal,
    onSettled(outcome: StoreOutcome['kind']) {
      counts.add(outcome)
      busState.confirm()
    },
  }

  async function close(work: () => Promise<void>): Promise<void> {
    const late = () => new DestinationUnavailable(`${name} was not closed within ${CLOSE_WAIT} ms`)
    await withDeadline(clock, CLOSE_WAIT, work(), late).catch((error: unknown) => notify(onError, error))
  }

  async function accept(): Promise<BusSession | undefined> {
    const accepting = subscription.accept(signal)
    try {
      return await calls.bounded(acceptWait, () => accepting)
    } catch (error) {
      // A session that comes later is not used.
      accepting.then((late) => late?.close()).catch(() => {})
      throw error
    }
  }

  async function receiveNext(): Promise<void> {
    await storageState.wait()
    const began = clock.now()
    const session = await busState.run(accept)
    if (session === undefined) return
    const isBusy = clock.now() - began < BUSY_ACCEPT
    open++
    try {
      await receiveSession(work, session, isBusy ? BUSY_IDLE : IDLE)
    } finally {
      open--
      await close(() => session.close())
    }
  }

  async function lane(): Promise<void> {
    while (!signal.aborted) {
      try {
        await receiveNext()
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof BusLockLost) {
          notify(onError, error)
          await clock.sleep(PAUSES.first, signal)
        } else if (error instanceof StorageClosed) {
          stoppedBy = error
          notify(onError, error)
          stopping.abort(error)
        } else busState.fail(error)
      }
    }
  }

  const running = Promise.all(Array.from({ length: lanes }, lane))
  const status = (): SubscriberStatus => {
    const outage = storageState.outage ?? busState.outage
    const isWaiting = outage !== undefined && !signal.aborted
    const error = stoppedBy ?? (isWaiting ? outage.error : undefined)
    return {
      name,
      state: signal.aborted ? 'stopped' : isWaiting ? 'waiting' : 'receiving',
      ...(isWaiting && {
        waitingFor: storageState.outage ? 'storage' : 'bus',
        since: new Date(outage.since).toISOString(),
      }),
      ...(error !== undefined && { error: error instanceof TidemarkError ? error.code : 'UnexpectedError' }),
      sessions: open,
      messages: counts.read(),
      reconnects: calls.reconnects,
    }
  }
  const stopMeasuring = telemetry.observe(async () => {
    const value = status().state === 'waiting' ? 1 : 0
    return [{ gauge: 'tidemark.subscriber.waiting', value, attributes: { 'tidemark.subscription': name } }]
  })
  const stop = async () => {
    stopping.abort()
    stopMeasuring()
    await running
    await close(() => subscription.close())
  }
  return { status, stop, [Symbol.asyncDispose]: stop }
}
