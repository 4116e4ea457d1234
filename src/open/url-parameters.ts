import { InvalidConfiguration } from '../core/errors/input.ts'

/**
 * Reads the parameters of a storage's URL.
 *
 * @param query the part after the `?`
 * @param known the known names
 * @throws InvalidConfiguration naming one that is unknown or appears twice
 */
export function readParameters<Name extends string>(
  query: string,
  known: readonly Name[],
  setting: string,
): Readonly<Partial<Record<Name, string>>> {
  const values: Partial<Record<Name, string>> = {}
  for (const [given, value] of new URLSearchParams(query)) {
    const name = known.find((name) => name === given)
    if (name === undefined) {
      throw new InvalidConfiguration(setting, `does not know the parameter ${JSON.stringify(given)}`)
    }
    if (values[name] !== undefined) throw new InvalidConfiguration(setting, `has the parameter ${name} twice`)
    values[name] = value
  }
  return values
}
