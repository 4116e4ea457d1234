import { InvalidConfiguration } from '../../core/errors/input.ts'
import { argumentError, BrokerError, notImplemented } from '../broker/broker-error.ts'
import type { Namespace } from '../broker/namespace.ts'
import type { Subscription } from '../broker/subscription.ts'
import { assertForwards, assertSameKind } from '../options/assert-entity.ts'
import { assertName, assertSubscriptionName } from '../options/names.ts'
import { readQueue, readSubscription, readTopic } from '../options/read-entities.ts'
import { defaultRule } from '../rules/compile-rule.ts'
import { entryXml, errorXml, feedXml, namespaceXml, queueXml, subscriptionXml, topicXml } from './descriptions.ts'
import { optionsIn } from './read-description.ts'
import { childOf, InvalidXml, parseXml } from './xml.ts'

/** A request of the administration client. */
export type AdministrationRequest = {
  readonly method: string
  /** Where the request went to, with host and query. */
  readonly url: URL
  /** Whether an entity that is there shall be changed. */
  readonly updates: boolean
  readonly body: string
}

export type AdministrationResponse = { readonly status: number; readonly body: string }

type Context = { readonly namespace: Namespace; readonly since: Date; readonly request: AdministrationRequest }

const MAX_LISTED = 100

/** Creates, describes, changes, lists and removes entities. */
export function handle(namespace: Namespace, since: Date, request: AdministrationRequest): AdministrationResponse {
  const context = { namespace, since, request }
  try {
    return namespace.store.atomically(() => route(context))
  } catch (error) {
    if (error instanceof BrokerError) return failure(error.status, error.message)
    if (error instanceof InvalidConfiguration || error instanceof InvalidXml) return failure(400, error.message)
    throw error
  }
}

const failure = (status: number, message: string) => ({ status, body: errorXml(status, message) })

function route(context: Context): AdministrationResponse {
  const path = decodeURIComponent(context.request.url.pathname).replace(/^\/|\/$/g, '')
  const { method } = context.request
  const list = /^(?:\$Resources\/(?<kind>Queues|Topics)|(?<topic>.+)\/Subscriptions)$/i.exec(path)?.groups
  const subscription = /^(?<topic>.+)\/Subscriptions\/(?<name>[^/]+)$/i.exec(path)?.groups
  if (/\/Subscriptions\/[^/]+\/Rules/i.test(path)) throw notImplemented('Rules are managed over AMQP.')
  if (method === 'GET' && path.toLowerCase() === '$namespaceinfo') {
    const { host } = context.request.url
    return ok(entryXml(`https://${host}/$namespaceinfo`, host, namespaceXml(host, context.since)))
  }
  if (method === 'GET' && list !== undefined) return listed(context, list.kind?.toLowerCase(), list.topic)
  if (method === 'DELETE') {
    context.namespace.remove(path)
    return ok('')
  }
  if (method === 'GET') return described(context, path)
  if (method !== 'PUT') throw notImplemented(`The method ${method} is not known.`)
  if (subscription !== undefined) return putSubscription(context, `${subscription.topic}`, `${subscription.name}`)
  return put(context, path)
}

function described(context: Context, path: string, status = 200): AdministrationResponse {
  const { namespace, since } = context
  const subscription = namespace.subscription(path)
  if (subscription !== undefined)
    return entry(context, subscription.queue.path, subscriptionXml(subscription, since), status)
  const topic = namespace.topics.get(path.toLowerCase())
  if (topic !== undefined) return entry(context, topic.path, topicXml(topic, since), status)
  const queue = namespace.source(path)
  queue.advance()
  return entry(context, queue.path, queueXml(queue, since), status)
}

const entry = ({ request }: Context, path: string, description: string, status: number): AdministrationResponse => ({
  status,
  body: entryXml(`https://${request.url.host}/${path}`, path.split('/').at(-1) ?? path, description),
})

function listed(context: Context, kind: string | undefined, topic: string | undefined): AdministrationResponse {
  const { namespace, request } = context
  const paths =
    topic !== undefined
      ? [...namespace.topic(topic).subscriptions.values()].map((one: Subscription) => one.queue.path)
      : [...namespace[kind === 'topics' ? 'topics' : 'queues'].values()].map((one) => one.path)
  const number = (name: string, fallback: number) => Number(request.url.searchParams.get(name) ?? fallback)
  const skip = number('$skip', 0)
  const page = paths.sort().slice(skip, skip + Math.min(number('$top', MAX_LISTED), MAX_LISTED))
  return ok(
    feedXml(
      request.url.href,
      page.map((path) => described(context, path).body),
    ),
  )
}

function put(context: Context, name: string): AdministrationResponse {
  const { namespace, request } = context
  const document = parseXml(request.body)
  const isTopic = childOf(childOf(document, 'content'), 'TopicDescription') !== undefined
  const options = optionsIn(document, isTopic ? 'TopicDescription' : 'QueueDescription')
  assertName(name, name)
  if (isTopic) {
    const settings = readTopic(name, options)
    if (request.updates) {
      const topic = namespace.topic(name)
      assertSameKind(name, topic.settings, settings)
      namespace.updateTopic(topic, settings)
    } else namespace.createTopic(name, settings)
    return described(context, name, request.updates ? 200 : 201)
  }
  const settings = readQueue(name, options)
  assertForwards(namespace, name, settings)
  if (request.updates) {
    const queue = namespace.source(name)
    assertSameKind(name, queue.settings, settings)
    namespace.updateQueue(queue, settings)
  } else namespace.createQueue(name, settings)
  return described(context, name, request.updates ? 200 : 201)
}

function putSubscription(context: Context, topicName: string, name: string): AdministrationResponse {
  const { namespace, request } = context
  const topic = namespace.topic(topicName)
  assertSubscriptionName(name, name)
  const settings = readSubscription(name, optionsIn(parseXml(request.body), 'SubscriptionDescription'))
  assertForwards(namespace, name, settings)
  const existing = topic.subscriptions.get(name.toLowerCase())
  if (!request.updates) namespace.createSubscription(topic, name, settings, [defaultRule()])
  else if (existing === undefined) throw argumentError(`The subscription ${name} does not exist.`)
  else {
    assertSameKind(name, existing.settings, settings)
    namespace.updateSubscription(existing, settings)
  }
  return described(context, `${topic.path}/Subscriptions/${name}`, request.updates ? 200 : 201)
}

const ok = (body: string): AdministrationResponse => ({ status: 200, body })
