import { TidemarkError } from './base.ts'

/** A reaction has no handler for a timer of this name: one that fired, or that is to be scheduled or cancelled. */
export class UnknownTimer extends TidemarkError {
  readonly code = 'UnknownTimer'
  readonly reaction: string
  readonly timer: string
  constructor(reaction: string, timer: string) {
    super(`Reaction ${reaction} has no handler for the timer ${timer}: add it to its timers`)
    this.reaction = reaction
    this.timer = timer
  }
}

/** A timer's data are too large: they are stored twice, and are to be little more than ids. */
export class TimerTooLarge extends TidemarkError {
  readonly code = 'TimerTooLarge'
  readonly timer: string
  readonly bytes: number
  readonly limit: number
  constructor(timer: string, bytes: number, limit: number) {
    super(
      `The data of timer ${timer} have ${bytes} bytes, but at most ${limit} are allowed; refer to what is stored elsewhere`,
    )
    this.timer = timer
    this.bytes = bytes
    this.limit = limit
  }
}

/** A handler used its context after it had returned, or after its attempt was given up. */
export class HandlerEnded extends TidemarkError {
  readonly code = 'HandlerEnded'
  readonly reaction: string
  constructor(reaction: string, options?: ErrorOptions) {
    super(
      `A handler of ${reaction} used its context after its call had ended; await everything in the handler`,
      options,
    )
    this.reaction = reaction
  }
}
