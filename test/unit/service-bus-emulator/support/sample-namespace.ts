import { randomUUID } from 'node:crypto'
import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus'
import type { EntityOptions, RuleOptions, SubscriptionOptions } from '../../../../src/service-bus-emulator/index.ts'

const REAL = process.env.SERVICE_BUS_CONNECTION_STRING

/** A namespace for samples: of an emulator, or the one in Azure that `SERVICE_BUS_CONNECTION_STRING` names. */
export type SampleNamespace = AsyncDisposable & {
  readonly client: ServiceBusClient
  /** What an entity is called there. */
  nameOf(entity: string): string
}

/** Durations are texts, which both take. */
export async function sampleNamespace(entities: EntityOptions): Promise<SampleNamespace> {
  if (REAL !== undefined && REAL !== '') return realNamespace(REAL, entities)
  const { namespaceOf } = await import('./namespace.ts')
  const namespace = await namespaceOf({ entities })
  return {
    client: namespace.client,
    nameOf: (entity) => entity,
    [Symbol.asyncDispose]: () => namespace[Symbol.asyncDispose](),
  }
}

async function realNamespace(connectionString: string, entities: EntityOptions): Promise<SampleNamespace> {
  const administration = new ServiceBusAdministrationClient(connectionString)
  const client = new ServiceBusClient(connectionString)
  const prefix = `tidemark-${randomUUID().slice(0, 8)}`
  const nameOf = (entity: string) => `${prefix}-${entity}`
  const ends: (() => Promise<unknown>)[] = [() => client.close()]
  for (const [name, options] of Object.entries(entities.queues ?? {})) {
    await administration.createQueue(nameOf(name), options as object)
    ends.push(() => administration.deleteQueue(nameOf(name)))
  }
  for (const [name, { subscriptions = {}, ...options }] of Object.entries(entities.topics ?? {})) {
    await administration.createTopic(nameOf(name), options as object)
    ends.push(() => administration.deleteTopic(nameOf(name)))
    for (const [subscription, its] of Object.entries(subscriptions)) {
      await createSubscription(administration, nameOf(name), subscription, its)
    }
  }
  return {
    client,
    nameOf,
    async [Symbol.asyncDispose]() {
      for (const end of ends) await end()
    },
  }
}

async function createSubscription(
  administration: ServiceBusAdministrationClient,
  topic: string,
  name: string,
  { rules, ...options }: SubscriptionOptions,
): Promise<void> {
  await administration.createSubscription(topic, name, options as object)
  if (rules === undefined) return
  for (const [rule, description] of Object.entries(rules))
    await createRule(administration, topic, name, rule, description)
  await administration.deleteRule(topic, name, '$Default')
}

async function createRule(
  administration: ServiceBusAdministrationClient,
  topic: string,
  subscription: string,
  name: string,
  { sqlFilter = '1=1', correlationFilter, sqlAction }: RuleOptions,
): Promise<void> {
  const filter = correlationFilter ?? { sqlExpression: sqlFilter }
  const action = sqlAction === undefined ? [] : [{ sqlExpression: sqlAction }]
  await administration.createRule(topic, subscription, name, filter as never, ...(action as [never]))
}
