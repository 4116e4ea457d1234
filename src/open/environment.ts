import { InvalidConfiguration } from '../core/errors/input.ts'

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The names in a variable, separated by commas. @throws InvalidConfiguration if one is empty */
export function namesIn(text: string, variable: string): readonly [string, ...string[]] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidConfiguration(variable, 'contains an empty name between commas')
  return names as [string, ...string[]]
}

/**
 * Refuses variables that would do nothing, where `needed` is not set.
 *
 * @param use who uses them: `a vault uses`
 * @throws InvalidConfiguration
 */
export function refuseUseless(environment: Environment, variables: readonly string[], needed: string, use: string) {
  const set = variables.find((name) => environment[name])
  if (set !== undefined) throw new InvalidConfiguration(needed, `must be set with ${set}: only ${use} it`)
}
