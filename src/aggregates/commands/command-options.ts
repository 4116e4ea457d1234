import type { UserMetadata } from '../../core/events/types.ts'

/** What a caller may say about a command besides its content. */
export type CommandOptions = {
  /**
   * Names the command: a repeat of one that appended events answers the first result instead of deciding again, for as
   * long as the stream with its events exists. Of an aggregate with periods, a repeat names the same period as the first
   * call, or none; one that names none is looked for in all periods, which costs a look-up for each.
   */
  readonly commandId?: string
  /** What the command was, so that another one under the same id is refused. Only looked at with a command id. */
  readonly fingerprint?: string
  /** Goes onto every event of the command; an event's own metadata goes before it. */
  readonly metadata?: UserMetadata
}
