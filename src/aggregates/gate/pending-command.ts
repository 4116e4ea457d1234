import type { EventTypes } from '../../core/events/types.ts'
import type { Command } from '../commands/command.ts'
import type { ExecuteOptions } from '../commands/command-options.ts'
import type { Executed } from '../commands/command-result.ts'
import type { CommandContext } from '../commands/decide.ts'
import type { Waiting } from './batching-gate.ts'

/** A command that waits for its turn. */
export type PendingCommand<S, E extends EventTypes> = {
  readonly command: Command<S, E>
  readonly options: ExecuteOptions
  readonly stamp: CommandContext
  /** The periods that were open while it waited. */
  readonly seen: Set<string>
  /** How often it was decided again after a conflict. */
  retries: number
}

/** A caller that waits for its command to be executed. */
export type WaitingCommand<S, E extends EventTypes> = Waiting<PendingCommand<S, E>, Executed<S, E>>
