import { eventReference } from '../events/event-reference.ts'
import { TidemarkError } from './base.ts'

/** The code of a consumer, as an error shows it. */
type Code = { readonly version: number; readonly operations: { readonly [operation: string]: string } }

/**
 * The group runs other code: its consumers handle other operations, or have another version. A group runs one code, so
 * that no event is skipped by one worker that another one would handle.
 */
export class GroupMismatch extends TidemarkError {
  readonly code = 'GroupMismatch'
  /** The name of the group's reaction: the contract's uri and the group. */
  readonly group: string
  /** The version that the group runs. */
  readonly running: number
  /** The version of this process. */
  readonly given: number
  constructor(group: string, running: Code, given: Code) {
    super(
      `${group} runs version ${running.version} (${textOf(running)}), but this process has version ` +
        `${given.version} (${textOf(given)}). Only one code of it runs at a time: give all workers the same one, stop ` +
        'the workers of the other, or raise version to replace it',
    )
    this.group = group
    this.running = running.version
    this.given = given.version
  }
}

const textOf = ({ operations }: Code): string => {
  const names = Object.entries(operations).map(([name, how]) => (how === 'handled' ? name : `${name} ${how}`))
  return names.toSorted().join(', ')
}

/** A handler with `ack: 'manual'` resolved without having called `ctx.ack()`. */
export class NotAcknowledged extends TidemarkError {
  readonly code = 'NotAcknowledged'
  readonly group: string
  readonly operation: string
  constructor(group: string, operation: string) {
    super(`${group}: the handler of ${operation} ended without ctx.ack(), which ack: 'manual' requires`)
    this.group = group
    this.operation = operation
  }
}

/** A call of an operation that the consumer has no handler for, with `unhandled: 'park'`. */
export class OperationUnhandled extends TidemarkError {
  readonly code = 'OperationUnhandled'
  readonly group: string
  readonly operation: string
  constructor(group: string, operation: string) {
    super(`${group} has no handler for ${operation}, and parks what it does not handle`)
    this.group = group
    this.operation = operation
  }
}

/** A call of an operation that this code's contract does not have yet. A worker with newer code can continue. */
export class UnknownOperation extends TidemarkError {
  readonly code = 'UnknownOperation'
  readonly group: string
  readonly operation: string
  readonly streamId: string
  readonly version: number
  constructor(group: string, operation: string, { id, version }: { readonly id: string; readonly version: number }) {
    super(
      `${group}: ${eventReference(id, version)} is a call of ${operation}, which the contract of this code does not ` +
        'have: deploy newer code',
    )
    this.group = group
    this.operation = operation
    this.streamId = id
    this.version = version
  }
}
