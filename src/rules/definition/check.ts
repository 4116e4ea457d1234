import { partFunction, partName } from './names.ts'
import type { RuleInput } from './rule-input.ts'

/** A condition of a rule, created by `check`. */
export type Check<Event> = {
  readonly name: string
  /** Called through `evaluate`, which checks what it returns. */
  test(input: RuleInput<Event>): boolean
}

/**
 * A condition of a rule.
 *
 * @param name a few words that say what must hold, such as `not banned`: they are recorded, and shown by explanations.
 *   Nothing personal; 1 to 100 characters
 * @param test pure and synchronous. It returns true or false; if it throws or returns anything else, the event's stream
 *   is parked
 * @throws InvalidDefinition for an invalid name
 */
export function check<Event>(name: string, test: (input: RuleInput<Event>) => boolean): Check<Event> {
  return { name: partName('check', name), test: partFunction('check', name, test) }
}
