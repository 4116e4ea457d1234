import type { JsonObject } from '../core/json/json.ts'
import type { FiredTimer } from '../timers/timer.ts'

/** Which of the timers of a reaction. */
export type TimerKey<Timers extends string> = {
  /** The name of a timer, which the reaction has a handler for. */
  readonly timer: Timers
  /**
   * What tells timers of one name apart, such as the id of what they are about: 1 to 200 characters. It is stored in
   * clear, and stays in the log, so it must not be personal.
   */
  readonly key: string
}

/** What a handler can ask of time, and how it identifies what it does. */
export type ProcessContext<Timers extends string> = {
  /**
   * Schedules a timer, durably: its handler is called when it is due, or later, at least once, and never early. Of each
   * name and key there is one timer: if it is pending, it is moved. A repeated call of the handler changes nothing. The
   * event is not acknowledged before the timer is stored, and the attempt fails if it cannot be.
   *
   * @param due milliseconds after the event was recorded, or a time
   * @param timer its name and key, and data for its handler: little more than ids, nothing personal, at most 16 KiB
   * @throws InvalidOption, NotJson, TimerTooLarge, UnknownTimer; HandlerEnded; what an append throws
   */
  after(due: number | Date, timer: TimerKey<Timers> & { readonly data?: JsonObject }): Promise<void>
  /**
   * Cancels a timer, unless it fires first.
   *
   * @returns whether it was pending
   * @throws InvalidOption, UnknownTimer; HandlerEnded; what an append throws
   */
  cancel(timer: TimerKey<Timers>): Promise<boolean>
  /**
   * A command id for `repository(…).execute`, or for an append: the same at each call for this event, so that a repeat
   * does nothing new. Each command of a handler needs a name of its own.
   *
   * @throws InvalidOption for a name that this call of the handler has already used, or an empty one
   */
  commandId(name: string): string
}

/** The handlers of timers, by their names. */
export type TimerHandlers<Timers extends string, Context> = {
  readonly [Name in Timers]: (timer: FiredTimer, context: Context) => unknown
}
