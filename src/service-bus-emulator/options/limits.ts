import { InvalidConfiguration } from '../../core/errors/input.ts'
import { membersOf } from './members.ts'

/** How much an emulator takes. */
export type LimitOptions = {
  /** Open connections; 1,000 by default. */
  readonly connections?: number
  /** Messages in all entities; 1,000,000 by default. */
  readonly messages?: number
  /** Bytes of the messages in all entities; 1 GB by default. */
  readonly bytes?: number
  /** Queues, topics and subscriptions; 1,000 by default. */
  readonly entities?: number
}

const DEFAULTS = { connections: 1_000, messages: 1_000_000, bytes: 1024 ** 3, entities: 1_000 }

/** @throws InvalidConfiguration that names the member */
export function readLimits(limits: unknown = {}): Required<LimitOptions> {
  const members = { ...DEFAULTS, ...membersOf('limits', limits, Object.keys(DEFAULTS)) }
  for (const [name, value] of Object.entries(members)) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new InvalidConfiguration(`limits.${name}`, 'must be a whole number from 1')
  }
  return members
}
