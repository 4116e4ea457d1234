import { argumentError, notImplemented } from '../broker/broker-error.ts'
import { childOf, type Element } from './xml.ts'

/** What of a description is an option of the emulator, by the service's names. */
const OPTIONS: Readonly<Record<string, string>> = {
  LockDuration: 'lockDuration',
  MaxSizeInMegabytes: 'maxSizeInMegabytes',
  RequiresDuplicateDetection: 'requiresDuplicateDetection',
  RequiresSession: 'requiresSession',
  DefaultMessageTimeToLive: 'defaultMessageTimeToLive',
  DeadLetteringOnMessageExpiration: 'deadLetteringOnMessageExpiration',
  DeadLetteringOnFilterEvaluationExceptions: 'deadLetteringOnFilterEvaluationExceptions',
  DuplicateDetectionHistoryTimeWindow: 'duplicateDetectionHistoryTimeWindow',
  MaxDeliveryCount: 'maxDeliveryCount',
  Status: 'status',
  ForwardTo: 'forwardTo',
  ForwardDeadLetteredMessagesTo: 'forwardDeadLetteredMessagesTo',
  MaxMessageSizeInKilobytes: 'maxMessageSizeInKilobytes',
}

/** What clients send without an effect here. */
const IGNORED = new Set([
  ...['EnableBatchedOperations', 'UserMetadata', 'AutoDeleteOnIdle', 'SupportOrdering', 'EntityAvailabilityStatus'],
  ...['AuthorizationRules', 'SizeInBytes', 'MessageCount', 'CreatedAt', 'UpdatedAt', 'AccessedAt', 'CountDetails'],
  'SubscriptionCount',
])

/** What the emulator does not have, unless it is off. */
const MISSING = new Set(['EnablePartitioning', 'EnableExpress'])

/** The options in the entry that a client sends. @throws BrokerError if it has what is not emulated */
export function optionsIn(entry: Element, kind: string): Record<string, unknown> {
  const description = childOf(childOf(entry, 'content'), kind)
  if (description === undefined) throw argumentError(`The body needs an entry with a ${kind}.`)
  const options: Record<string, unknown> = {}
  for (const { name, text } of description.children) {
    const option = OPTIONS[name]
    if (option !== undefined) {
      if (text !== '') options[option] = toValue(text)
    } else if (MISSING.has(name) ? text !== 'false' : !IGNORED.has(name)) {
      throw notImplemented(`The emulator does not have ${name}.`)
    }
  }
  return options
}

function toValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^\d+$/.test(text)) return Number(text)
  // Forwarding names the other entity by its address.
  return text.replace(/^\w+:\/\/[^/]+\//, '')
}
