import { InvalidConfiguration } from '../core/errors/input.ts'
import type { Namespace } from './broker/namespace.ts'
import type { SubscriptionSettings } from './broker/settings.ts'
import { assertForwards, assertSameKind } from './options/assert-entity.ts'
import type { EntityOptions } from './options/entities.ts'
import { membersOf } from './options/members.ts'
import { assertName, assertSubscriptionName } from './options/names.ts'
import { readQueue, readSubscription, readTopic } from './options/read-entities.ts'
import { readRules } from './rules/read-rules.ts'

/**
 * Creates the entities of a configuration. Those that a data folder has already get its settings and rules.
 *
 * @throws InvalidConfiguration that names the member
 */
export function defineEntities(namespace: Namespace, entities: EntityOptions): void {
  const { queues = {}, topics = {} } = membersOf('entities', entities, ['queues', 'topics'])
  const definedTopics = Object.entries(membersOf('entities.topics', topics))
  const definedQueues = Object.entries(membersOf('entities.queues', queues))
  assertDistinct('entities', [...definedQueues, ...definedTopics])
  for (const [name, options] of definedQueues) defineQueue(namespace, name, options)
  for (const [name, options] of definedTopics) defineTopic(namespace, name, options)
  for (const [name] of definedQueues)
    assertForwards(namespace, `entities.queues.${name}`, namespace.source(name).settings)
  for (const [name] of definedTopics) {
    for (const [subscription, { settings }] of namespace.topic(name).subscriptions) {
      assertForwards(namespace, `entities.topics.${name}.subscriptions.${subscription}`, settings)
    }
  }
}

function defineQueue(namespace: Namespace, name: string, options: unknown): void {
  const at = `entities.queues.${name}`
  assertName(at, name)
  const settings = readQueue(at, options)
  const queue = namespace.queues.get(name.toLowerCase())
  if (queue === undefined) {
    assertFree(namespace, at, name)
    namespace.createQueue(name, settings)
  } else {
    assertSameKind(at, queue.settings, settings)
    namespace.updateQueue(queue, settings)
  }
}

function defineTopic(namespace: Namespace, name: string, options: unknown): void {
  const at = `entities.topics.${name}`
  assertName(at, name)
  const settings = readTopic(at, options)
  const existing = namespace.topics.get(name.toLowerCase())
  if (existing === undefined) assertFree(namespace, at, name)
  else {
    assertSameKind(at, existing.settings, settings)
    namespace.updateTopic(existing, settings)
  }
  const topic = existing ?? namespace.createTopic(name, settings)
  const { subscriptions = {} } = membersOf(at, options)
  const defined = Object.entries(membersOf(`${at}.subscriptions`, subscriptions))
  assertDistinct(`${at}.subscriptions`, defined)
  for (const [subscription, its] of defined) {
    const where = `${at}.subscriptions.${subscription}`
    assertSubscriptionName(where, subscription)
    const own: SubscriptionSettings = readSubscription(where, its)
    const rules = readRules(where, membersOf(where, its).rules)
    const found = topic.subscriptions.get(subscription.toLowerCase())
    if (found === undefined) namespace.createSubscription(topic, subscription, own, rules)
    else {
      assertSameKind(where, found.settings, own)
      namespace.updateSubscription(found, own, rules)
    }
  }
}

function assertFree(namespace: Namespace, at: string, name: string): void {
  const key = name.toLowerCase()
  if (namespace.queues.has(key) || namespace.topics.has(key)) {
    throw new InvalidConfiguration(at, 'has the name of another entity; names are not case-sensitive')
  }
}

function assertDistinct(at: string, entries: readonly (readonly [name: string, options: unknown])[]): void {
  const seen = new Set<string>()
  for (const [name] of entries) {
    if (seen.has(name.toLowerCase())) {
      throw new InvalidConfiguration(at, `has ${JSON.stringify(name)} twice; names are not case-sensitive`)
    }
    seen.add(name.toLowerCase())
  }
}
