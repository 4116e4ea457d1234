import { z } from 'zod'
import { publishInBatches } from '../../../src/connectors/service-bus/publish-in-batches.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import type { Bus } from '../../../src/messaging/bus/bus.ts'
import { publishing } from '../../../src/messaging/bus/publishing.ts'
import { type Subscriber, startSubscriber } from '../../../src/messaging/subscriber/start-subscriber.ts'
import { type Processor, startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { Namespace } from '../../../src/service-bus-emulator/broker/namespace.ts'
import { defineEntities } from '../../../src/service-bus-emulator/define-entities.ts'
import { NO_STORE } from '../../../src/service-bus-emulator/store/store.ts'
import { below } from '../../../src/testing/conformance/support/random.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { createClock } from '../../../src/testing/simulate/world/clock.ts'
import { type Actor, createScheduler } from '../../../src/testing/simulate/world/scheduler.ts'
import { createNetwork, type Process, type Strikes } from './network.ts'
import { SINGLE_BYTES, simulatedSender, simulatedSubscription } from './simulated-bus.ts'

/** What a run is like. Times are virtual milliseconds. */
export type BusSimulation = {
  readonly seed: number
  /** How many events are appended, over 100 seconds. */
  readonly events?: number
  readonly streams?: number
  readonly outages?: readonly { readonly side: 'bus' | 'storage'; readonly from: number; readonly to: number }[]
  /** How much more often than usual faults strike; 1 by default. */
  readonly intensity?: number
  /** Whether some events are larger than any message may be; by default none is. */
  readonly withTooLarge?: boolean
}

/** What became of the messages, each by the number of its event. */
export type BusReport = {
  readonly strikes: Strikes
  /** What went wrong that nothing explains. */
  readonly failures: readonly string[]
  /** By stream, in order. */
  readonly sent: ReadonlyMap<string, readonly number[]>
  /** By stream of the sender, in the order of the receiver's log. */
  readonly arrived: ReadonlyMap<string, readonly number[]>
  /** The streams that the sender parked. */
  readonly parked: readonly string[]
  readonly deadLettered: number
  /** When they arrived, in order. */
  readonly arrivals: readonly number[]
}

const shopEvents = defineEvents({ OrderPlaced: z.object({ n: z.number(), text: z.string() }) })

const PATH = 'orders'
const CHAOS = 120_000
const STEP = 10_000
// Longer than any lock, lease or pause: what is in flight after the last arrival has arrived, too.
const QUIET = 130_000
const LONGEST = 1_800_000

/**
 * Two services in virtual time: one publishes its events, in two processes, and the other one receives them, in two
 * processes. Between them are the broker of the emulator and a network that fails. Processes crash at any call, and are
 * started again. After two minutes, all is well, and it runs on until nothing more arrives.
 */
export async function simulateBus({
  seed,
  events = 80,
  streams = 12,
  outages = [],
  intensity = 1,
  withTooLarge = false,
}: BusSimulation): Promise<BusReport> {
  const random = randomFrom(seed)
  const scheduler = createScheduler(randomFrom(seed + 1))
  const network = createNetwork(scheduler, randomFrom(seed + 2))
  network.intensity = intensity
  const clock = createClock(scheduler)
  const start = clock.now()
  const failures: string[] = []
  const memory = () => openMemory({ ranges: 2, clock, turn: () => Promise.resolve() })
  const [ours, theirs] = [memory(), memory()]
  const namespace = new Namespace(clock, NO_STORE, { messages: 1e6, bytes: 1e9, entities: 10 })
  defineEntities(namespace, {
    queues: { [PATH]: { requiresSession: true, requiresDuplicateDetection: true, lockDuration: 60_000 } },
  })
  const queue = namespace.source(PATH)
  let isOver = false

  /** Starts a process, and another one whenever it has crashed. */
  function keepRunning(name: string, start: (process: Process, onDisconnect: (act: () => void) => void) => void): void {
    const actor: Actor = { name, alive: true, pausedUntil: 0 }
    const listeners = new Set<() => void>()
    const process: Process = {
      actor,
      disconnected: () => {
        for (const act of listeners) act()
      },
      crash() {
        if (!actor.alive) return
        actor.alive = false
        // The broker learns at once that it is gone, or when its locks expire.
        if (random() < 0.7) process.disconnected()
        if (!isOver) scheduler.after(below(random, 5_000), undefined, () => keepRunning(name, start))
      },
    }
    start(process, (act) => listeners.add(act))
  }

  /** A storage as a process sees it. */
  const overNetwork = (port: StoragePort, process: Process): StoragePort => ({
    ...port,
    events: {
      ...port.events,
      append: (...given) => network.call('storage', process, () => port.events.append(...given)),
    },
  })
  const running = new Map<string, Subscriber | Processor>()
  const didNotStart =
    ({ actor }: Process) =>
    (error: unknown) =>
      failures.push(`${actor.name} did not start: ${error}`)
  const publisherOn = (bus: Bus) =>
    publishing('publish-orders', { events: shopEvents, bus, address: PATH, source: '/shop', from: 'start' })

  for (const place of [1, 2]) {
    keepRunning(`publisher ${place}`, (process) => {
      const own = createClock(scheduler, process.actor)
      const sender = simulatedSender(network, process, own, queue)
      const bus: Bus = {
        name: 'simulated',
        publish: (_, messages, signal) => publishInBatches(sender, messages, signal),
        async close() {},
      }
      startProcessor(ours.reopen({ clock: own }), [publisherOn(bus)], {
        clock: own,
        random: randomFrom(seed + 3 + place),
        workerId: `${process.actor.name}@${scheduler.now}`,
      }).then((processor) => running.set(process.actor.name, processor), didNotStart(process))
    })
    keepRunning(`subscriber ${place}`, (process, onDisconnect) => {
      const own = createClock(scheduler, process.actor)
      const subscription = simulatedSubscription({ network, scheduler, namespace, path: PATH }, process, own)
      onDisconnect(subscription.disconnected)
      startSubscriber(overNetwork(theirs.reopen({ clock: own }), process), {
        subscription,
        clock: own,
        random: randomFrom(seed + 5 + place),
        sessions: 3,
      }).then((subscriber) => running.set(process.actor.name, subscriber), didNotStart(process))
    })
  }

  const sent = new Map<string, number[]>()
  const log = eventStore(ours, shopEvents)
  for (let n = 0; n < events; n++) {
    const stream = `order:${below(random, streams)}`
    const isTooLarge = withTooLarge && random() < 0.02
    const size = isTooLarge ? SINGLE_BYTES : random() < 0.03 ? SINGLE_BYTES - 100 : below(random, 300)
    scheduler.after(((n + 1) / events) * CHAOS * 0.8, undefined, () => {
      const numbers = sent.get(stream) ?? []
      sent.set(stream, [...numbers, n])
      const event = { type: 'OrderPlaced', data: { n, text: 'x'.repeat(size) } } as const
      log.append(stream, [event], { expectedVersion: 'any' }).catch((error) => failures.push(String(error)))
    })
  }
  for (const { side, from, to } of outages) {
    scheduler.after(from, undefined, () => {
      network.awayUntil[side] = to
    })
  }

  await scheduler.runUntil(CHAOS)
  network.intensity = 0
  const count = async () => (await Array.fromAsync(theirs.events.query({}))).length
  for (let quiet = 0, known = 0; quiet < QUIET && scheduler.now < LONGEST; quiet += STEP) {
    await scheduler.runUntil(scheduler.now + STEP)
    const arrived = await count()
    if (arrived > known) quiet = 0
    known = arrived
  }
  isOver = true
  for (const one of running.values()) one.stop()
  await scheduler.runUntil(scheduler.now + 60_000)
  namespace.close()

  const arrived = new Map<string, readonly number[]>()
  for await (const id of theirs.events.streams()) {
    const { events: stored } = await theirs.events.load(id)
    arrived.set(
      id.replace('inbox-', ''),
      stored.map(({ eventData }) => eventData.n as number),
    )
  }
  const recorded = (await Array.fromAsync(theirs.events.query({}))).map(({ metadata }) => metadata.recordedAt)
  const nowhere = publisherOn({ name: 'nowhere', publish: async () => [], close: async () => {} })
  const { items } = await parkedSequences(ours, nowhere).list({ limit: 1_000 })
  return {
    strikes: network.strikes,
    failures,
    sent,
    arrived,
    parked: items.map(({ key }) => key),
    deadLettered: queue.deadLetters?.messages.count ?? 0,
    arrivals: recorded.map((time) => Date.parse(time) - start).toSorted((x, y) => x - y),
  }
}
