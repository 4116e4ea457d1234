import type { EventTypes, RecordedEvent } from '../../core/events/types.ts'
import type { PositionToken } from '../../core/positions/position-token.ts'

/** An event that a command appended. */
export type AppendedEvent<E extends EventTypes> = {
  [T in keyof E & string]: Pick<RecordedEvent<E, T>, 'type' | 'data' | 'version'>
}[keyof E & string]

/** The result of executing a command. */
export interface Executed<S, E extends EventTypes> {
  /** The stream that the command ran in; for an aggregate with periods that does not exist, its stream without one. */
  readonly streamId: string
  /** The version of the command's last event; the stream's version if the command decided nothing. */
  readonly version: number
  /**
   * The position of the end of the command's events, for `waitFor`. If the command decided nothing, the end of the
   * stream's last append, so that waiting for it shows the state that the decision was based on; null if the stream
   * does not exist.
   */
  readonly position: PositionToken | null
  /** The state after the command. It is frozen. */
  readonly state: S
  /** The command's events as they are stored; empty if it decided nothing. */
  readonly events: readonly AppendedEvent<E>[]
  /** Whether the events were already stored: a repeat of a command id, or of event ids that the command set. */
  readonly duplicate: boolean
}

/** The part of a recorded event that a command's result contains. */
export const toAppended = <E extends EventTypes>({ type, data, version }: RecordedEvent<E>): AppendedEvent<E> =>
  ({ type, data, version }) as AppendedEvent<E>
