import type { QueueProperties, SubscriptionProperties, TopicProperties } from '@azure/service-bus'

/** A setting of an entity that is not what a publisher or a subscriber needs. */
export type EntityDifference = {
  /** The queue, topic or subscription. */
  readonly entity: string
  /** The setting, by the name that the SDK and the portal's template give it. */
  readonly setting: string
  readonly found: string
  readonly needed: string
  readonly why: string
}

/** What messages are sent to: duplicates are dropped for an hour, and sessions are not mixed up in partitions. */
export const NEEDED_INTAKE = {
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT1H',
  enablePartitioning: false,
} as const

/** What messages are received from. */
export const NEEDED_OUTLET = { requiresSession: true, lockDuration: 'PT1M', maxDeliveryCount: 10 } as const

type Found = Partial<QueueProperties & TopicProperties & SubscriptionProperties>

type Requirement = {
  readonly setting: keyof Found
  readonly needed: string
  readonly why: string
  holds(found: Found): boolean
}

const isAtLeast = (found: string | undefined, least: string): boolean => milliseconds(found) >= milliseconds(least)

const ACTIVE: Requirement = {
  setting: 'status',
  needed: 'Active',
  why: 'nothing can be sent or received otherwise',
  holds: ({ status = 'Active' }) => status === 'Active',
}

const INTAKE: readonly Requirement[] = [
  {
    setting: 'requiresDuplicateDetection',
    needed: 'true',
    why: 'a message that is sent again after a lost reply is dropped',
    holds: ({ requiresDuplicateDetection }) => requiresDuplicateDetection === true,
  },
  {
    setting: 'duplicateDetectionHistoryTimeWindow',
    needed: 'at least PT1H',
    why: 'repeats may come as late as an outage lasts',
    holds: ({ duplicateDetectionHistoryTimeWindow: window, requiresDuplicateDetection }) =>
      requiresDuplicateDetection !== true || isAtLeast(window, NEEDED_INTAKE.duplicateDetectionHistoryTimeWindow),
  },
  {
    setting: 'enablePartitioning',
    needed: 'false',
    why: 'a batch with several sessions cannot be sent to a partitioned entity',
    holds: ({ enablePartitioning }) => enablePartitioning !== true,
  },
]

const OUTLET: readonly Requirement[] = [
  {
    setting: 'requiresSession',
    needed: 'true',
    why: 'messages have no order otherwise',
    holds: ({ requiresSession }) => requiresSession === true,
  },
  {
    setting: 'lockDuration',
    needed: 'at least PT1M',
    why: 'a pause of the receiver must not cost it its session',
    holds: ({ lockDuration }) => isAtLeast(lockDuration, NEEDED_OUTLET.lockDuration),
  },
  {
    setting: 'maxDeliveryCount',
    needed: 'at least 10',
    why: 'each lost lock counts, and no outage may lead to dead letters',
    holds: ({ maxDeliveryCount = 0 }) => maxDeliveryCount >= NEEDED_OUTLET.maxDeliveryCount,
  },
]

const KINDS = {
  queue: [ACTIVE, ...INTAKE, ...OUTLET],
  topic: [ACTIVE, ...INTAKE],
  subscription: [ACTIVE, ...OUTLET],
} as const

/** Compares an entity with what is needed. */
export const differencesOf = (kind: keyof typeof KINDS, entity: string, found: Found): readonly EntityDifference[] =>
  KINDS[kind]
    .filter(({ holds }) => !holds(found))
    .map(({ setting, needed, why }) => ({ entity, setting, found: String(found[setting] ?? '-'), needed, why }))

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** A duration of ISO 8601 in milliseconds; 0 for anything else. */
function milliseconds(duration: string | undefined): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(duration ?? '') ?? []
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
}
