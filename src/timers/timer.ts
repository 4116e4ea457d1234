import { uuidOf } from '../core/append/uuid.ts'
import { InvalidOption } from '../core/errors/input.ts'
import { hasControlCharacter } from '../core/json/control-characters.ts'
import type { JsonObject } from '../core/json/json.ts'

/** Which timer: the reaction that it belongs to, its name among those of the reaction, and a key, such as a stream id. */
export type TimerRef = {
  /** The name of the reaction. */
  readonly reaction: string
  /** The name of the timer: the reaction has a handler for it. */
  readonly timer: string
  /** What tells timers of one name apart; nothing personal, because it is stored in clear. */
  readonly key: string
}

/** A timer that has fired, as a handler gets it. */
export type FiredTimer = {
  readonly timer: string
  readonly key: string
  /** When it was due: ISO 8601 in UTC. It fired then or later. */
  readonly at: string
  /** When it fired: ISO 8601 in UTC. */
  readonly firedAt: string
  /** What was given when it was scheduled. */
  readonly data: JsonObject
  /** The event that this is in the log. */
  readonly streamId: string
  readonly version: number
}

const CATEGORY = '$timer'
const LONGEST_KEY = 200

/** The stream of a timer. It is the same for as long as the reaction has its name. */
export const timerStream = ({ reaction, timer, key }: TimerRef): string =>
  `${CATEGORY}:${reaction}-${uuidOf('timer', reaction, timer, key)}`

/** Whether a stream is that of a timer. */
export const isTimerStream = (streamId: string): boolean => streamId.startsWith(`${CATEGORY}:`)

/** @throws InvalidOption for a key that cannot be stored */
export function assertTimerKey(key: unknown): asserts key is string {
  const isText = typeof key === 'string' && key.length > 0 && key.length <= LONGEST_KEY && key.isWellFormed()
  if (isText && !hasControlCharacter(key)) return
  // A key may say more about a person than it should.
  const found = typeof key === 'string' ? `a text of ${key.length} characters` : typeof key
  throw new InvalidOption('key', `a text of 1 to ${LONGEST_KEY} characters without control characters`, found)
}
