import type { ServiceBusMessage, ServiceBusMessageBatch } from '@azure/service-bus'
import rhea from 'rhea'
import { fromServiceBusMessage } from '../../../src/connectors/service-bus/amqp-cloud-event.ts'
import type { Sender } from '../../../src/connectors/service-bus/senders.ts'
import { withDeadline } from '../../../src/core/async/deadline.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { BusLockLost, MessageTooLarge } from '../../../src/core/errors/bus.ts'
import { DestinationUnavailable } from '../../../src/core/errors/reaction.ts'
import type { BusSession, BusSubscription, ReceivedMessage } from '../../../src/messaging/bus/subscription.ts'
import type { StoredMessage } from '../../../src/service-bus-emulator/broker/messages/stored-message.ts'
import type { Namespace } from '../../../src/service-bus-emulator/broker/namespace.ts'
import type { Queue } from '../../../src/service-bus-emulator/broker/queue.ts'
import { encodeMessage, parseMessage } from '../../../src/service-bus-emulator/messages/message.ts'
import type { Scheduler } from '../../../src/testing/simulate/world/scheduler.ts'
import type { Network, Process } from './network.ts'

// A bus in virtual time: the broker of the emulator, without its protocol, behind a network that fails.

const BATCH_BYTES = 4_000
/** The most bytes of data of a message that is sent alone. */
export const SINGLE_BYTES = 5_000

type Packed = ServiceBusMessageBatch & { readonly messages: readonly ServiceBusMessage[] }

const encode = ({ messageId, sessionId, contentType, subject, body, applicationProperties }: ServiceBusMessage) =>
  parseMessage(
    rhea.message.encode({
      message_id: messageId as string,
      group_id: sessionId as string,
      subject: subject as string,
      ...(contentType !== undefined && { content_type: contentType }),
      application_properties: applicationProperties as Record<string, string>,
      body: rhea.message.data_section(body),
    }),
  )

/** What a process sends to a queue with. */
export function simulatedSender(network: Network, process: Process, clock: Clock, queue: Queue): Sender {
  const bounded = <T>(act: () => T): Promise<T> =>
    withDeadline(clock, 15_000, network.call('bus', process, act), () => new DestinationUnavailable('no response'))
  return {
    address: queue.path,
    batch: () =>
      bounded(() => {
        const messages: ServiceBusMessage[] = []
        let bytes = 0
        const tryAddMessage = (message: ServiceBusMessage) => {
          bytes += message.body.length
          if (bytes > BATCH_BYTES) bytes -= message.body.length
          else messages.push(message)
          return messages.at(-1) === message
        }
        return { messages, tryAddMessage } as unknown as ServiceBusMessageBatch
      }),
    send: (given) =>
      bounded(() => {
        const { messages } = given as Partial<Packed>
        const all = messages ?? [given as ServiceBusMessage]
        if (all.some(({ body }) => body.length > SINGLE_BYTES)) throw new MessageTooLarge(queue.path, SINGLE_BYTES)
        queue.send(all.map(encode))
      }),
  }
}

/** Called once, when there may be something to receive. */
type Waiters = Set<() => void>

const waiters = new WeakMap<Queue, Waiters>()

function waitersOf(queue: Queue): Waiters {
  const known = waiters.get(queue)
  if (known) return known
  const added: Waiters = new Set()
  waiters.set(queue, added)
  queue.onReady = () => tell(added)
  return added
}

function tell(wake: Waiters): void {
  const all = [...wake]
  wake.clear()
  for (const one of all) one()
}

/** A process's connection to a queue. Its sessions end with it. */
type SimulatedSubscription = BusSubscription & { disconnected(): void }

/** What a process receives from a queue with. */
export function simulatedSubscription(
  {
    network,
    scheduler,
    namespace,
    path,
  }: {
    readonly network: Network
    readonly scheduler: Scheduler
    readonly namespace: Namespace
    readonly path: string
  },
  process: Process,
  clock: Clock,
): SimulatedSubscription {
  const queue = namespace.source(path)
  const open = new Set<{ close(): void }>()
  let connection = 0
  const wake = waitersOf(queue)
  const disconnected = () => {
    connection++
    tell(wake)
    for (const session of [...open]) session.close()
  }

  /** Looks again whenever something changed, for as long as a receiver waits. */
  async function poll<T>(wait: number, signal: AbortSignal, find: () => T | undefined): Promise<T | undefined> {
    const at = connection
    const end = scheduler.now + wait
    for (;;) {
      if (signal.aborted) return undefined
      if (at !== connection) throw new DestinationUnavailable('the connection broke')
      const found = find()
      if (found !== undefined || scheduler.now >= end) return found
      const woken = new AbortController()
      wake.add(() => woken.abort())
      await clock.sleep(end - scheduler.now, AbortSignal.any([signal, woken.signal]))
    }
  }

  return {
    name: path,
    acceptWait: 10_000,
    disconnected,
    async verify() {},
    async accept(signal) {
      const began = connection
      const ready = await poll(10_000, signal, () => queue.freeSession())
      if (ready === undefined) return undefined
      return network.call('bus', process, () => {
        if (began !== connection) throw new DestinationUnavailable('the connection broke')
        const id = queue.freeSession()
        return id === undefined ? undefined : openSession(id)
      })
    },
    reconnect: disconnected,
    async close() {
      disconnected()
    },
  }

  function openSession(id: string): BusSession {
    const tokens = new WeakMap<ReceivedMessage, string>()
    let isOpen = true
    let isRenewed = true
    const close = () => {
      isOpen = false
      open.delete(session)
      queue.closeSession(id, session)
    }
    const session = {
      close,
      lockLost() {
        isOpen = false
        open.delete(session)
      },
    }
    queue.lockSession(id, session)
    open.add(session)
    const renewUntil = scheduler.now + 5 * 60_000
    const renew = () => {
      if (!isOpen || !isRenewed || !process.actor.alive || scheduler.now > renewUntil) return
      if (scheduler.now >= network.awayUntil.bus) queue.renewSession(id)
      scheduler.after(20_000, undefined, renew)
    }
    scheduler.after(20_000, undefined, renew)

    const call = <T>(act: () => T): Promise<T> =>
      network.call('bus', process, () => {
        if (!isOpen) throw new BusLockLost(`${path}: the lock of session ${id} was lost`)
        try {
          return act()
        } catch (cause) {
          throw new BusLockLost(`${path}: the lock of session ${id} was lost`, { cause })
        }
      })
    const tokenOf = (message: ReceivedMessage) => tokens.get(message) as string
    const toReceived = (stored: StoredMessage): ReceivedMessage => {
      const { body, content_type, application_properties = {} } = rhea.message.decode(encodeMessage(stored.message))
      const parsed = fromServiceBusMessage({
        body: body.content,
        applicationProperties: application_properties,
        ...(content_type !== undefined && { contentType: content_type }),
      })
      const received = { event: undefined, ...parsed, key: id, deliveries: stored.deliveryCount + 1 }
      tokens.set(received, stored.lock?.token as string)
      return received
    }
    return {
      name: id,
      async receive(most, wait, signal) {
        await poll(wait, signal, () => (isOpen && queue.messages.firstReady(id) === undefined ? undefined : true))
        return call(() => {
          const taken: ReceivedMessage[] = []
          while (taken.length < most) {
            const stored = queue.take(id, false)
            if (stored === undefined) break
            taken.push(toReceived(stored))
            if (network.strike('lapse')) {
              queue.expireLock(stored.lock?.token as string)
              break
            }
          }
          return taken
        })
      },
      complete: (message) => call(() => queue.complete(tokenOf(message))),
      deadLetter: (message, reason, description) =>
        call(() => queue.deadLetter(tokenOf(message), { reason, description }, new Map())),
      async close() {
        // A client that closes a session renews its lock no longer, whether the bus learns of it or not.
        isRenewed = false
        if (isOpen) await network.call('bus', process, close)
      },
    }
  }
}
