import type { ServiceBusAdministrationClient } from '@azure/service-bus'
import { BusEntityUnsuitable } from '../../../core/errors/bus.ts'
import { InvalidOption } from '../../../core/errors/input.ts'
import { unavailable } from '../failures.ts'
import { differencesOf, type EntityDifference, NEEDED_INTAKE, NEEDED_OUTLET } from './requirements.ts'

/** What is needed of the administration client. */
export type BusAdministration = Pick<
  ServiceBusAdministrationClient,
  'getQueue' | 'getTopic' | 'getSubscription' | 'createQueue' | 'createTopic' | 'createSubscription'
>

/** The result of a check. */
export type CheckedEntity = {
  readonly kind: 'queue' | 'topic' | 'subscription'
  /** Whether it, or its topic, was created just now. */
  readonly created: boolean
  /** Empty if it is as it must be. */
  readonly differences: readonly EntityDifference[]
}

/**
 * Compares a queue, a topic, or a subscription and its topic with what publishers and subscribers need. What exists is
 * never changed.
 *
 * @param path `orders` for a queue or a topic, `news/mail` for a subscription of a topic
 * @param create whether a queue, or the topic and the subscription, is created if it is missing
 * @throws BusEntityUnsuitable if it is missing; DestinationUnavailable
 */
export async function checkEntity(
  client: BusAdministration,
  path: string,
  { create = false }: { readonly create?: boolean } = {},
): Promise<CheckedEntity> {
  const [name = '', subscription, ...others] = path.replace(/\/subscriptions\//i, '/').split('/')
  if (name === '' || subscription === '' || others.length > 0)
    throw new InvalidOption('path', 'a queue, a topic, or <topic>/<subscription>', path)
  if (subscription !== undefined) return checkSubscription(client, name, subscription, create)
  const queue = await found(path, () => client.getQueue(name))
  if (queue) return { kind: 'queue', created: false, differences: differencesOf('queue', name, queue) }
  const topic = await found(path, () => client.getTopic(name))
  if (topic) return { kind: 'topic', created: false, differences: differencesOf('topic', name, topic) }
  if (!create) throw missing(path)
  const created = await call(path, () => client.createQueue(name, { ...NEEDED_INTAKE, ...NEEDED_OUTLET }))
  return { kind: 'queue', created: true, differences: differencesOf('queue', name, created) }
}

async function checkSubscription(
  client: BusAdministration,
  topicName: string,
  name: string,
  create: boolean,
): Promise<CheckedEntity> {
  const path = `${topicName}/${name}`
  let created = false
  const make = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!create) throw missing(path)
    created = true
    return call(path, work)
  }
  const topic =
    (await found(path, () => client.getTopic(topicName))) ??
    (await make(() => client.createTopic(topicName, NEEDED_INTAKE)))
  const subscription =
    (await found(path, () => client.getSubscription(topicName, name))) ??
    (await make(() => client.createSubscription(topicName, name, NEEDED_OUTLET)))
  const differences = [
    ...differencesOf('topic', topicName, topic),
    ...differencesOf('subscription', path, subscription),
  ]
  return { kind: 'subscription', created, differences }
}

const missing = (path: string) =>
  new BusEntityUnsuitable(path, 'it does not exist; tidemark bus check --create creates it as it must be')

async function call<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unavailable(path, error)
  }
}

/** @returns undefined if there is no such entity */
async function found<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if ((error as { readonly code?: unknown } | undefined)?.code === 'MessageEntityNotFoundError') return undefined
    throw unavailable(path, error)
  }
}
