import { InvalidConfiguration } from '../../core/errors/input.ts'

const NAME = /^[A-Za-z0-9](?:[\w.\-/]*[A-Za-z0-9_])?$/
const SUBSCRIPTION_NAME = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9_])?$/

const MAX_NAME = 260
const MAX_SUBSCRIPTION_NAME = 50

/** @throws InvalidConfiguration if it is no name of a queue or topic */
export function assertName(at: string, name: string): void {
  if (name.length <= MAX_NAME && NAME.test(name) && !name.toLowerCase().includes('/subscriptions/')) return
  throw new InvalidConfiguration(
    at,
    `is no name of a queue or topic: up to ${MAX_NAME} letters, digits, and . - _ / within, without /Subscriptions/`,
  )
}

/** @throws InvalidConfiguration if it is no name of a subscription */
export function assertSubscriptionName(at: string, name: string): void {
  if (name.length <= MAX_SUBSCRIPTION_NAME && SUBSCRIPTION_NAME.test(name)) return
  throw new InvalidConfiguration(
    at,
    `is no name of a subscription: up to ${MAX_SUBSCRIPTION_NAME} letters, digits, and . - _ within`,
  )
}
