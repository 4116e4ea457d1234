import type { ExpectedVersion } from '../../core/append/expected-version.ts'
import type { UserMetadata } from '../../core/events/types.ts'
import type { PositionToken } from '../../core/positions/position-token.ts'

/** The options of a command. */
export type CommandOptions = {
  /** Repeating the same id returns the first result instead of deciding again. */
  readonly commandId?: string
  /** Identifies the content of the command, so that a different one with the same id is refused. */
  readonly fingerprint?: string
  readonly metadata?: UserMetadata
}

/** Options of a command on something that exists. */
export type ConditionalOptions = {
  /** The version that its stream, or that of its open year, must have; the command is not retried then. */
  readonly expectedVersion?: ExpectedVersion
}

/** The result of a command. */
export type Write = {
  readonly streamId: string
  /** The version of the command's last event. */
  readonly version: number
  /** The position to wait for in views. */
  readonly position: PositionToken | null
  /** Whether it had been executed before. */
  readonly duplicate: boolean
}

/** What callers learn of the result of a command. */
export const written = ({ streamId, version, position, duplicate }: Write): Write => ({
  streamId,
  version,
  position,
  duplicate,
})
