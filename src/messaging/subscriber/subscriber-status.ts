import type { Telemetry } from '../../core/telemetry/telemetry.ts'

/** How many messages were received since the subscriber was started, by what became of them. */
export type MessageCounts = {
  readonly stored: number
  /** Those that were in the log already. */
  readonly duplicates: number
  /** Those for a deleted stream, or about a person that was forgotten. */
  readonly gone: number
  /** Those moved to the dead-letter queue. */
  readonly deadLettered: number
}

/** What a subscriber is doing. */
export type SubscriberStatus = {
  /** The name of its queue or subscription. */
  readonly name: string
  /** `waiting` while the bus or the storage is unavailable. */
  readonly state: 'receiving' | 'waiting' | 'stopped'
  /** What it waits for, if it does. */
  readonly waitingFor?: 'bus' | 'storage'
  /** When the wait began: ISO 8601 in UTC. */
  readonly since?: string
  /** The code of the error that it waits for the end of, or that stopped it. */
  readonly error?: string
  readonly sessions: number
  readonly messages: MessageCounts
  /** How often a connection that did not respond was replaced. */
  readonly reconnects: number
}

const COUNTER = { stored: 'stored', duplicate: 'duplicates', gone: 'gone', refused: 'deadLettered' } as const

/** Counts messages by what became of them. */
export function countMessages(telemetry: Telemetry, subscription: string) {
  const counts = { stored: 0, duplicates: 0, gone: 0, deadLettered: 0 }
  return {
    add(outcome: keyof typeof COUNTER): void {
      counts[COUNTER[outcome]]++
      const attributes = { 'tidemark.subscription': subscription, 'tidemark.outcome': outcome }
      telemetry.count('tidemark.messages.received', 1, attributes)
    },
    read: (): MessageCounts => ({ ...counts }),
  }
}
