import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { PublishFailure } from '../../messaging/bus/bus.ts'

/** A message among those to publish. */
export type Indexed = { readonly index: number; readonly key: string }

/** What became of messages: it keeps the order of each key. */
export interface Outcomes {
  fail(message: Indexed, error: Error): void
  /** Whether a message may still be sent. If its key failed, or the bus is away, it fails likewise. */
  maySend(message: Indexed): boolean
  /** In the order of the messages. */
  failures(): readonly PublishFailure[]
}

/** Begins with no failures. */
export function trackOutcomes(): Outcomes {
  const failures: PublishFailure[] = []
  const ofKeys = new Map<string, Error>()
  let away: Error | undefined
  const fail = ({ index, key }: Indexed, error: Error) => {
    failures.push({ index, error })
    if (!ofKeys.has(key)) ofKeys.set(key, error)
    if (error instanceof DestinationUnavailable) away = error
  }
  return {
    fail,
    maySend(message) {
      const error = ofKeys.get(message.key) ?? away
      if (error !== undefined) fail(message, error)
      return error === undefined
    },
    failures: () => failures.toSorted((a, b) => a.index - b.index),
  }
}
