import type { EventDefinitions, RecordedEvent } from '../../core/events/types.ts'
import type { PositionToken } from '../../core/positions/position-token.ts'

/** An event that a command appended. */
export type AppendedEvent<D extends EventDefinitions> = {
  [T in keyof D & string]: Pick<RecordedEvent<D, T>, 'type' | 'data' | 'version'>
}[keyof D & string]

/** What carrying out a command answers. */
export type Executed<S, D extends EventDefinitions> = {
  /** The stream that the command ran in; of an aggregate with periods that does not exist, its stream without one. */
  readonly streamId: string
  /** The version of the command's last event; the stream's version where the command decided nothing. */
  readonly version: number
  /**
   * Where the command's events end, for `waitFor`. Where the command decided nothing, the end of the stream's last
   * append, so that who waits for it sees what the decision was made on; null where the stream does not exist.
   */
  readonly position: PositionToken | null
  /** The state after the command. It is frozen. */
  readonly state: S
  /** The command's events as they are stored, none where it decided nothing. */
  readonly events: readonly AppendedEvent<D>[]
  /** Whether the events were there already: a repeat of a command id, or of event ids that the command gave. */
  readonly duplicate: boolean
}

/** The part of a recorded event that a command's answer tells. */
export const toAppended = <D extends EventDefinitions>({ type, data, version }: RecordedEvent<D>): AppendedEvent<D> =>
  ({ type, data, version }) as AppendedEvent<D>
