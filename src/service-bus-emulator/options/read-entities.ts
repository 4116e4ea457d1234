import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { EntityStatus, QueueSettings, SubscriptionSettings, TopicSettings } from '../broker/settings.ts'
import { readDuration } from './duration.ts'
import { type Members, membersOf } from './members.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const STATUSES: readonly EntityStatus[] = ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled']

const COMMON = ['defaultMessageTimeToLive', 'status']
const INTAKE = [
  'requiresDuplicateDetection',
  'duplicateDetectionHistoryTimeWindow',
  'maxMessageSizeInKilobytes',
  'maxSizeInMegabytes',
]
const OUTLET = [
  'lockDuration',
  'maxDeliveryCount',
  'requiresSession',
  'deadLetteringOnMessageExpiration',
  'forwardTo',
  'forwardDeadLetteredMessagesTo',
]

/** The settings of a queue. @throws InvalidConfiguration that names the member */
export function readQueue(at: string, options: unknown): QueueSettings {
  const members = membersOf(at, options, [...COMMON, ...INTAKE, ...OUTLET])
  return { ...readOutlet(at, members), ...readIntake(at, members) }
}

/** The settings of a subscription. @throws InvalidConfiguration that names the member */
export function readSubscription(at: string, options: unknown): SubscriptionSettings {
  const own = ['rules', 'deadLetteringOnFilterEvaluationExceptions']
  const members = membersOf(at, options, [...COMMON, ...OUTLET, ...own])
  return {
    ...readOutlet(at, members),
    // What a topic has taken is not checked again.
    requiresDuplicateDetection: false,
    duplicateDetectionHistoryTimeWindow: 0,
    maxMessageSize: Number.POSITIVE_INFINITY,
    maxSize: Number.POSITIVE_INFINITY,
    deadLetteringOnFilterEvaluationExceptions: flag(at, members, 'deadLetteringOnFilterEvaluationExceptions'),
  }
}

/** The settings of a topic. @throws InvalidConfiguration that names the member */
export function readTopic(at: string, options: unknown): TopicSettings {
  const members = membersOf(at, options, [...COMMON, ...INTAKE, 'subscriptions'])
  return { ...readIntake(at, members), requiresSession: false, ...readCommon(at, members) }
}

function readCommon(at: string, members: Members) {
  const { defaultMessageTimeToLive: timeToLive = Number.POSITIVE_INFINITY, status = 'Active' } = members
  if (!STATUSES.includes(status as EntityStatus)) {
    throw new InvalidConfiguration(`${at}.status`, `must be one of ${STATUSES.join(', ')}`)
  }
  return {
    defaultMessageTimeToLive: readDuration(`${at}.defaultMessageTimeToLive`, timeToLive, 1, Number.POSITIVE_INFINITY),
    status: status as EntityStatus,
  }
}

function readIntake(at: string, members: Members) {
  const { duplicateDetectionHistoryTimeWindow: window = 10 * MINUTE } = members
  return {
    requiresDuplicateDetection: flag(at, members, 'requiresDuplicateDetection'),
    duplicateDetectionHistoryTimeWindow: readDuration(
      `${at}.duplicateDetectionHistoryTimeWindow`,
      window,
      20 * SECOND,
      7 * DAY,
    ),
    maxMessageSize: whole(at, members, 'maxMessageSizeInKilobytes', 256, 102_400) * 1024,
    maxSize: whole(at, members, 'maxSizeInMegabytes', 1024, 81_920) * 1024 * 1024,
  }
}

function readOutlet(at: string, members: Members) {
  const { lockDuration = MINUTE } = members
  const forwardTo = name(at, members, 'forwardTo')
  const forwardDeadLetteredMessagesTo = name(at, members, 'forwardDeadLetteredMessagesTo')
  return {
    ...readCommon(at, members),
    lockDuration: readDuration(`${at}.lockDuration`, lockDuration, 1, 5 * MINUTE),
    maxDeliveryCount: whole(at, members, 'maxDeliveryCount', 10, 2_000),
    requiresSession: flag(at, members, 'requiresSession'),
    deadLetteringOnMessageExpiration: flag(at, members, 'deadLetteringOnMessageExpiration'),
    ...(forwardTo !== undefined && { forwardTo }),
    ...(forwardDeadLetteredMessagesTo !== undefined && { forwardDeadLetteredMessagesTo }),
  }
}

function flag(at: string, members: Members, member: string): boolean {
  const value = members[member] ?? false
  if (typeof value === 'boolean') return value
  throw new InvalidConfiguration(`${at}.${member}`, 'must be true or false')
}

function whole(at: string, members: Members, member: string, fallback: number, most: number): number {
  const value = members[member] ?? fallback
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new InvalidConfiguration(`${at}.${member}`, `must be a whole number from 1 to ${most}`)
}

function name(at: string, members: Members, member: string): string | undefined {
  const value = members[member]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw new InvalidConfiguration(`${at}.${member}`, 'must be the name of a queue or topic')
}
