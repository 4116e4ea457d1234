import type { EventDefinitions } from '../../core/events/types.ts'
import type { Command } from '../aggregate.ts'
import type { CommandOptions } from '../commands/command-options.ts'
import type { Executed } from '../commands/command-result.ts'
import type { Stamp } from '../commands/decide.ts'
import type { Waiting } from './batching-gate.ts'

/** A command that waits for its turn. */
export type PendingCommand<S, D extends EventDefinitions> = {
  readonly command: Command<S, D>
  readonly options: CommandOptions & { readonly period?: string }
  readonly stamp: Stamp
  /** The periods that were open while it waited. */
  readonly seen: Set<string>
  /** How often it was decided again after a conflict. */
  retries: number
}

/** One who waits for a command to be carried out. */
export type WaitingCommand<S, D extends EventDefinitions> = Waiting<PendingCommand<S, D>, Executed<S, D>>
