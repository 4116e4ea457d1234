import { expect, test } from 'vitest'
import { sampleNamespace } from '../support/sample-namespace.ts'

const WAIT = { maxWaitTimeInMs: 500 }

test('subscriptions get what their rules let through, and copies that actions change', async () => {
  await using namespace = await sampleNamespace({
    topics: {
      orders: {
        subscriptions: {
          all: {},
          blue: { rules: { blue: { sqlFilter: "color = 'blue'" } } },
          high: { rules: { high: { correlationFilter: { correlationId: 'high' } } } },
          halved: {
            rules: {
              half: { sqlFilter: "color = 'red'", sqlAction: 'SET quantity = quantity / 2' },
              plain: { sqlFilter: 'quantity > 5' },
              also: { sqlFilter: 'quantity > 6' },
            },
          },
          none: { rules: { none: { sqlFilter: '1=0' } } },
        },
      },
    },
  })
  const { client } = namespace
  const orders = namespace.nameOf('orders')
  const sender = client.createSender(orders)
  await sender.sendMessages([
    { body: 1, applicationProperties: { color: 'blue', quantity: 1 }, correlationId: 'high' },
    { body: 2, applicationProperties: { color: 'red', quantity: 10 }, correlationId: 'low' },
  ])
  const received = async (subscription: string, count: number) =>
    (await client.createReceiver(orders, subscription).receiveMessages(count, WAIT)).map(
      ({ body, applicationProperties }) => [body, applicationProperties?.quantity, applicationProperties?.RuleName],
    )
  expect(await received('all', 2)).toEqual([
    [1, 1, undefined],
    [2, 10, undefined],
  ])
  expect(await received('blue', 1)).toEqual([[1, 1, undefined]])
  expect(await received('high', 1)).toEqual([[1, 1, undefined]])
  // One copy for the rule with an action, and one for both others.
  expect(await received('halved', 3)).toEqual([
    [2, 10, undefined],
    [2, 5, 'half'],
  ])
  expect(await received('none', 1)).toEqual([])
})

test('the rules of a subscription are listed, added and removed', async () => {
  await using namespace = await sampleNamespace({ topics: { orders: { subscriptions: { mail: {} } } } })
  const orders = namespace.nameOf('orders')
  const rules = namespace.client.createRuleManager(orders, 'mail')
  const list = async () => (await Array.fromAsync(rules.listRules())).map(({ name, filter }) => [name, filter])
  expect(await list()).toEqual([['$Default', { sqlExpression: '1=1' }]])
  await rules.deleteRule('$Default')
  await rules.createRule('blue', { applicationProperties: { color: 'blue' }, subject: 'paint' })
  await rules.createRule('many', { sqlExpression: 'quantity > 5' }, { sqlExpression: "SET size = 'big'" })
  expect(await list()).toEqual([
    ['blue', expect.objectContaining({ applicationProperties: { color: 'blue' }, subject: 'paint' })],
    ['many', { sqlExpression: 'quantity > 5' }],
  ])
  await expect(rules.createRule('many', { sqlExpression: '1=1' })).rejects.toMatchObject({
    code: 'MessagingEntityAlreadyExists',
  })
  await expect(rules.createRule('bad', { sqlExpression: 'quantity >' })).rejects.toThrow('ends too early')
  await expect(rules.deleteRule('unknown')).rejects.toThrow('The rule unknown does not exist')
  await namespace.client.createSender(orders).sendMessages([
    { body: 1, subject: 'paint', applicationProperties: { color: 'blue' } },
    { body: 2, applicationProperties: { quantity: 6 } },
    { body: 3, applicationProperties: { quantity: 5 } },
  ])
  const messages = await namespace.client.createReceiver(orders, 'mail').receiveMessages(3, WAIT)
  expect(messages.map(({ body, applicationProperties }) => [body, applicationProperties?.size])).toEqual([
    [1, undefined],
    [2, 'big'],
  ])
})

test('a subscription with sessions dead-letters what has none, and one with filter errors what they fail on', async () => {
  await using namespace = await sampleNamespace({
    topics: {
      orders: {
        subscriptions: {
          ordered: { requiresSession: true },
          strict: {
            rules: { r: { sqlFilter: 'color > 5' } },
            deadLetteringOnFilterEvaluationExceptions: true,
          },
          lax: { rules: { r: { sqlFilter: 'color > 5' } } },
        },
      },
    },
  })
  const orders = namespace.nameOf('orders')
  await namespace.client.createSender(orders).sendMessages({ body: 1, applicationProperties: { color: 'blue' } })
  const dead = async (subscription: string) => {
    const receiver = namespace.client.createReceiver(orders, subscription, { subQueueType: 'deadLetter' })
    return (await receiver.receiveMessages(1, WAIT)).map(({ deadLetterReason }) => deadLetterReason)
  }
  expect(await dead('ordered')).toEqual(['Session ID is null.'])
  expect(await dead('strict')).toEqual(['FilterEvaluationException'])
  expect(await dead('lax')).toEqual([])
})
