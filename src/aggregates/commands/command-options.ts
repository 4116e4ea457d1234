import type { ExpectedVersion } from '../../core/append/expected-version.ts'
import type { UserMetadata } from '../../core/events/types.ts'

/** The options of a command. */
export type CommandOptions = {
  /**
   * Identifies the command: repeating one that appended events returns the first result instead of deciding again, for
   * as long as the stream with its events exists. For an aggregate with periods, a repeat names the same period as the
   * first call, or none; one that names none is looked up in all periods, at the cost of one look-up each.
   */
  readonly commandId?: string
  /**
   * Identifies the content of the command, so that a different one with the same id is refused. Only used with a
   * command id.
   */
  readonly fingerprint?: string
  /** Added to every event of the command; an event's own metadata takes precedence. */
  readonly metadata?: UserMetadata
}

/** What a caller of `execute` may say about a command. */
export type ExecuteOptions = CommandOptions & {
  /** Of an aggregate with periods: the period that the command runs in; by default the open one. */
  readonly period?: string
  /**
   * The version that the caller saw, such as that of an HTTP `If-Match`. The command runs only while the stream is at
   * it: else `execute` throws `WrongExpectedVersion`, without running the command again after a conflict.
   * `'noStream'` (the same as 0) stands for an aggregate that does not exist, `'streamExists'` for one at any version;
   * the latter is decided again after a conflict, since it still holds. A repeat of a command id returns its earlier
   * result, whatever it expects. By default, any version will do.
   *
   * Of an aggregate with periods, it is the version in the stream of the open period. Name the `period` that was seen as
   * well, so that a version of another period cannot be taken for it.
   */
  readonly expectedVersion?: ExpectedVersion
}
