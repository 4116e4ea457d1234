import { InvalidConfiguration } from '../../core/errors/input.ts'
import { secretInArgument } from '../../open/secrets.ts'

/** A storage's URL, and what errors call it: the option or the variable that it came from. */
export type StorageUrl = { readonly url: string; readonly setting: string }

/** Where a storage's URL may come from. */
type Sources = {
  readonly option: string
  /** What was given as the option, if anything. */
  readonly given: string | undefined
  /** The environment variable that holds it where the option is not given. */
  readonly variable: string
  /** What holds where neither is given. */
  readonly otherwise?: string
}

/**
 * Finds the URL of a storage. Warns on the standard error when it was given as an argument with a secret in it.
 *
 * @throws InvalidConfiguration when there is none
 */
export function storageUrl({ option, given, variable, otherwise }: Sources): StorageUrl {
  const warning = secretInArgument(option, given, variable)
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  if (given !== undefined) return { url: given, setting: option }
  const url = process.env[variable] || otherwise
  if (url === undefined) throw new InvalidConfiguration(option, `is needed, or else the variable ${variable}`)
  return { url, setting: variable }
}

/** The URL of the storage of a command: its option `--storage`, else `TIDEMARK_STORAGE`, else the folder `./data`. */
export const storageOf = (given: string | undefined): StorageUrl =>
  storageUrl({ option: '--storage', given, variable: 'TIDEMARK_STORAGE', otherwise: 'file:./data' })
