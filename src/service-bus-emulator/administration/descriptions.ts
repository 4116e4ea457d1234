import type { Queue } from '../broker/queue.ts'
import type { IntakeSettings, QueueSettings } from '../broker/settings.ts'
import type { Subscription } from '../broker/subscription.ts'
import type { Topic } from '../broker/topic.ts'
import { formatDuration } from '../options/duration.ts'
import { escapeXml } from './xml.ts'

/** The members of a description, by the names that the service gives them; text is escaped, XML is not. */
type Fields = Readonly<Record<string, string | number | boolean | undefined | { readonly xml: string }>>

const CONNECT = 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect'
const COUNTS = 'http://schemas.microsoft.com/netservices/2011/06/servicebus'

/** What an entity is, as the service describes it. @param since when the emulator began, as no other times are kept */
export function queueXml({ settings, messages, deadLetters }: Queue, since: Date): string {
  return descriptionXml('QueueDescription', {
    ...outletFields(settings),
    ...intakeFields(settings),
    SizeInBytes: messages.bytes,
    MessageCount: messages.count,
    ...common(settings.status, since),
    CountDetails: countDetails(messages.all(), deadLetters?.messages.count ?? 0),
  })
}

export function topicXml({ settings, scheduled, subscriptions }: Topic, since: Date): string {
  return descriptionXml('TopicDescription', {
    DefaultMessageTimeToLive: formatDuration(settings.defaultMessageTimeToLive),
    ...intakeFields(settings),
    SizeInBytes: scheduled.bytes,
    ...common(settings.status, since),
    SupportOrdering: true,
    SubscriptionCount: subscriptions.size,
    CountDetails: countDetails(scheduled.all(), 0),
  })
}

export function subscriptionXml({ settings, queue }: Subscription, since: Date): string {
  return descriptionXml('SubscriptionDescription', {
    ...outletFields(settings),
    DeadLetteringOnFilterEvaluationExceptions: settings.deadLetteringOnFilterEvaluationExceptions,
    MessageCount: queue.messages.count,
    ...common(settings.status, since),
    CountDetails: countDetails(queue.messages.all(), queue.deadLetters?.messages.count ?? 0),
  })
}

export const namespaceXml = (name: string, since: Date): string =>
  descriptionXml('NamespaceInfo', {
    CreatedTime: since.toISOString(),
    MessagingSKU: 'Standard',
    ModifiedTime: since.toISOString(),
    Name: name,
    NamespaceType: 'Messaging',
  })

/** An entry of Atom. @param id the address of the entity, from which clients take its name */
export const entryXml = (id: string, title: string, description: string): string =>
  `<entry xmlns="http://www.w3.org/2005/Atom"><id>${escapeXml(id)}</id><title type="text">${escapeXml(title)}</title><content type="application/xml">${description}</content></entry>`

export const feedXml = (id: string, entries: readonly string[]): string =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><id>${escapeXml(id)}</id>${entries.join('')}</feed>`

export const errorXml = (status: number, detail: string): string =>
  `<Error><Code>${status}</Code><Detail>${escapeXml(detail)}</Detail></Error>`

function outletFields(settings: QueueSettings): Fields {
  return {
    LockDuration: formatDuration(settings.lockDuration),
    RequiresSession: settings.requiresSession,
    DefaultMessageTimeToLive: formatDuration(settings.defaultMessageTimeToLive),
    DeadLetteringOnMessageExpiration: settings.deadLetteringOnMessageExpiration,
    MaxDeliveryCount: settings.maxDeliveryCount,
    ForwardTo: settings.forwardTo,
    ForwardDeadLetteredMessagesTo: settings.forwardDeadLetteredMessagesTo,
  }
}

const intakeFields = (settings: IntakeSettings): Fields => ({
  MaxSizeInMegabytes: settings.maxSize / 1024 ** 2,
  RequiresDuplicateDetection: settings.requiresDuplicateDetection,
  DuplicateDetectionHistoryTimeWindow: formatDuration(settings.duplicateDetectionHistoryTimeWindow),
  MaxMessageSizeInKilobytes: settings.maxMessageSize / 1024,
  EnablePartitioning: false,
  EnableExpress: false,
})

const common = (status: string, since: Date): Fields => ({
  EnableBatchedOperations: true,
  Status: status,
  CreatedAt: since.toISOString(),
  UpdatedAt: since.toISOString(),
  AccessedAt: since.toISOString(),
  AutoDeleteOnIdle: formatDuration(Number.POSITIVE_INFINITY),
  EntityAvailabilityStatus: 'Available',
})

function countDetails(messages: Iterable<{ readonly state: string }>, dead: number): { readonly xml: string } {
  let scheduled = 0
  let active = 0
  for (const { state } of messages) {
    if (state === 'scheduled') scheduled++
    else active++
  }
  const counts = { ActiveMessageCount: active, DeadLetterMessageCount: dead, ScheduledMessageCount: scheduled }
  const members = Object.entries({ ...counts, TransferMessageCount: 0, TransferDeadLetterMessageCount: 0 })
  const inner = members.map(([name, count]) => `<d2p1:${name}>${count}</d2p1:${name}>`).join('')
  return { xml: `<CountDetails xmlns:d2p1="${COUNTS}">${inner}</CountDetails>` }
}

function descriptionXml(kind: string, fields: Fields): string {
  const members = Object.entries(fields).map(([name, value]) => {
    if (value === undefined) return ''
    return typeof value === 'object' ? value.xml : `<${name}>${escapeXml(String(value))}</${name}>`
  })
  const schema = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
  return `<${kind} xmlns="${CONNECT}" ${schema}>${members.join('')}</${kind}>`
}
