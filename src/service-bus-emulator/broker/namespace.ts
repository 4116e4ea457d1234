import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Rule } from '../rules/rule.ts'
import type { Store } from '../store/store.ts'
import { Alarm } from './alarm.ts'
import { entityExists, entityNotFound, quotaExceeded } from './broker-error.ts'
import type { EntityContext } from './context.ts'
import { Queue } from './queue.ts'
import type { QueueSettings, SubscriptionSettings, TopicSettings } from './settings.ts'
import { Subscription } from './subscription.ts'
import { Topic } from './topic.ts'

/** How much a namespace may hold. */
export type Limits = {
  readonly messages: number
  readonly bytes: number
  /** Queues, topics and subscriptions together. */
  readonly entities: number
}

const DEAD_LETTERS = '/$deadletterqueue'
const SUBSCRIPTIONS = '/Subscriptions/'

/** The queues and topics of a namespace. Their names are not case-sensitive. */
export class Namespace {
  readonly queues = new Map<string, Queue>()
  readonly topics = new Map<string, Topic>()
  readonly store: Store
  readonly #limits: Limits
  readonly #alarm: Alarm
  readonly #context: EntityContext

  constructor(clock: Clock, store: Store, limits: Limits) {
    this.store = store
    this.#limits = limits
    this.#alarm = new Alarm(clock, () => store.atomically(() => this.advance()))
    this.#context = {
      store,
      now: () => clock.now(),
      newToken: () => randomUUID().replaceAll('-', ''),
      newId: () => randomUUID().replaceAll('-', ''),
      wakeBy: (time) => this.#alarm.wakeBy(time),
      assertRoom: (messages) => this.#assertRoom(messages),
      forward: (to, forwarded) => this.destination(to).receiveForwarded(forwarded),
    }
  }

  /** @throws BrokerError if there is a queue or topic of that name */
  createQueue(name: string, settings: QueueSettings): Queue {
    this.#assertFree(name)
    const queue = this.#newQueue(name, settings)
    this.queues.set(name.toLowerCase(), queue)
    this.store.saveEntity(name, { kind: 'queue', name, settings })
    return queue
  }

  createTopic(name: string, settings: TopicSettings): Topic {
    this.#assertFree(name)
    const topic = new Topic(name, settings, this.#context)
    this.topics.set(name.toLowerCase(), topic)
    this.store.saveEntity(name, { kind: 'topic', name, settings })
    return topic
  }

  createSubscription(topic: Topic, name: string, settings: SubscriptionSettings, rules: readonly Rule[]): Subscription {
    if (topic.subscriptions.has(name.toLowerCase())) throw entityExists(`The subscription ${name} already exists.`)
    this.#assertEntities()
    const queue = this.#newQueue(`${topic.path}${SUBSCRIPTIONS}${name}`, settings)
    const subscription = new Subscription(queue, settings, rules)
    topic.subscriptions.set(name.toLowerCase(), subscription)
    this.saveSubscription(queue.path)
    return subscription
  }

  updateQueue(queue: Queue, settings: QueueSettings): void {
    queue.update(settings)
    this.store.saveEntity(queue.path, { kind: 'queue', name: queue.path, settings })
  }

  updateTopic(topic: Topic, settings: TopicSettings): void {
    topic.settings = settings
    this.store.saveEntity(topic.path, { kind: 'topic', name: topic.path, settings })
  }

  updateSubscription(subscription: Subscription, settings: SubscriptionSettings, rules?: readonly Rule[]): void {
    subscription.update(settings, rules)
    this.saveSubscription(subscription.queue.path)
  }

  /** Removes a queue, a topic with its subscriptions, or a subscription, with all messages. */
  remove(path: string): void {
    const key = path.toLowerCase()
    const subscription = this.subscription(path)
    const removed = this.queues.get(key) ?? this.topics.get(key) ?? subscription?.queue
    if (removed === undefined) throw notFound(path)
    const outlets = removed instanceof Queue ? [removed] : [...removed.subscriptions.values()].map((one) => one.queue)
    if (subscription !== undefined) {
      const [topic = '', name = ''] = key.split(SUBSCRIPTIONS.toLowerCase())
      this.topics.get(topic)?.subscriptions.delete(name)
    } else if (!this.queues.delete(key)) this.topics.delete(key)
    this.store.removeEntity(removed.path)
    // Links that receive from what is gone find out when they look for messages.
    for (const queue of outlets) for (const outlet of [queue, queue.deadLetters]) outlet?.contents.onReady()
  }

  /** Writes down what a subscription is made from, after a change. */
  saveSubscription(path: string): void {
    const subscription = this.subscription(path)
    if (subscription === undefined) return
    const { queue, settings, rules } = subscription
    const [topic = '', name = ''] = queue.path.split(SUBSCRIPTIONS)
    const descriptions = [...rules.values()].map((rule) => ({ ...rule.description, name: rule.name }))
    this.store.saveEntity(queue.path, { kind: 'subscription', topic, name, settings, rules: descriptions })
  }

  /** @throws BrokerError if it is not there */
  topic(name: string): Topic {
    const topic = this.topics.get(name.toLowerCase())
    if (topic === undefined) throw notFound(name)
    return topic
  }

  /** A queue, topic, subscription or dead-letter queue by its path. */
  find(path: string): Queue | Topic | undefined {
    return this.topics.get(path.toLowerCase()) ?? this.#outlet(path)
  }

  /** Where messages are sent to. @throws BrokerError if it is not there */
  destination(path: string): Queue | Topic {
    const key = path.toLowerCase()
    const found = this.queues.get(key) ?? this.topics.get(key)
    if (found === undefined) throw notFound(path)
    return found
  }

  /** Where messages are received from. @throws BrokerError if it is not there */
  source(path: string): Queue {
    const found = this.#outlet(path)
    if (found === undefined) throw notFound(path)
    return found
  }

  #outlet(path: string): Queue | undefined {
    const key = path.toLowerCase()
    const isDeadLetters = key.endsWith(DEAD_LETTERS)
    const base = isDeadLetters ? key.slice(0, -DEAD_LETTERS.length) : key
    const queue = this.queues.get(base) ?? this.subscription(base)?.queue
    return isDeadLetters ? queue?.deadLetters : queue
  }

  /** A subscription by its path. */
  subscription(path: string): Subscription | undefined {
    const [topic = '', name = ''] = path.toLowerCase().split(SUBSCRIPTIONS.toLowerCase())
    return this.topics.get(topic)?.subscriptions.get(name)
  }

  /** All queues, subscriptions and dead-letter queues. */
  *outlets(): Generator<Queue> {
    const subscriptions = [...this.topics.values()].flatMap((topic) => [...topic.subscriptions.values()])
    for (const queue of [...this.queues.values(), ...subscriptions.map((one) => one.queue)]) {
      yield queue
      if (queue.deadLetters !== undefined) yield queue.deadLetters
    }
  }

  /** The size that no message of any entity may exceed, in bytes. */
  get maxMessageSize(): number {
    return Math.max(0, ...[...this.queues.values(), ...this.topics.values()].map((one) => one.settings.maxMessageSize))
  }

  /** Does what is due in every entity. */
  advance(): void {
    for (const topic of this.topics.values()) topic.advance()
    for (const queue of this.outlets()) queue.advance()
  }

  close(): void {
    this.#alarm.off()
  }

  #newQueue(path: string, settings: QueueSettings): Queue {
    const { forwardTo: _, forwardDeadLetteredMessagesTo: __, ...rest } = settings
    const unlimited = { maxDeliveryCount: Number.POSITIVE_INFINITY, defaultMessageTimeToLive: Number.POSITIVE_INFINITY }
    const own = { ...rest, ...unlimited, requiresSession: false, requiresDuplicateDetection: false }
    const deadLetters = new Queue(`${path}/$DeadLetterQueue`, own, this.#context)
    return new Queue(path, settings, this.#context, deadLetters)
  }

  #assertFree(name: string): void {
    const key = name.toLowerCase()
    if (this.queues.has(key) || this.topics.has(key)) throw entityExists(`The entity ${name} already exists.`)
    this.#assertEntities()
  }

  #assertEntities(): void {
    let count = this.queues.size + this.topics.size
    for (const topic of this.topics.values()) count += topic.subscriptions.size
    if (count >= this.#limits.entities)
      throw quotaExceeded(`The namespace has ${count} entities, the most it may have.`)
  }

  #assertRoom(messages: number): void {
    let count = messages
    let bytes = 0
    for (const queue of this.outlets()) {
      count += queue.messages.count
      bytes += queue.messages.bytes
    }
    if (count > this.#limits.messages || bytes > this.#limits.bytes) {
      throw quotaExceeded('The emulator holds as many messages, or bytes, as it may; see its option limits.')
    }
  }
}

const notFound = (path: string) => entityNotFound(`The messaging entity '${path}' could not be found.`)
