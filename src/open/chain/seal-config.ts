import { existsSync } from 'node:fs'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { type Environment, namesIn, refuseUseless } from '../environment.ts'
import { besideFolder } from '../file-url.ts'

/** How a process seals views and snapshots. */
export type SealConfig = {
  /** The files of the keys: the first one seals, and what the others sealed is still accepted. */
  readonly keyFiles: readonly [string, ...string[]]
  /** Whether documents without a seal are accepted. */
  readonly unsealed: 'refuse' | 'accept'
}

/**
 * Reads `SEAL_KEY` and `SEAL_UNSEALED`. An empty variable counts as not set.
 *
 * @param storage the URL of the storage, whose folder, if it is one, decides the default
 * @param setting the name of that URL in errors
 * @returns undefined if there are no seals: no key is named, and none is in the default place
 * @throws InvalidConfiguration
 */
export function readSealConfig(environment: Environment, storage: string, setting: string): SealConfig | undefined {
  const unsealed = environment.SEAL_UNSEALED || 'refuse'
  if (unsealed !== 'refuse' && unsealed !== 'accept') {
    throw new InvalidConfiguration('SEAL_UNSEALED', 'must be refuse or accept')
  }
  const keyFiles = sealKeyFiles(environment, storage, setting)
  if (keyFiles !== undefined && (environment.SEAL_KEY || existsSync(keyFiles[0]))) return { keyFiles, unsealed }
  refuseUseless(environment, ['SEAL_UNSEALED'], 'SEAL_KEY', 'seals use')
  return undefined
}

/**
 * The files of the keys for seals, whether they exist or not: those that `SEAL_KEY` names, separated by commas, or else
 * the one beside the folder, `./data.seal-key` for `./data`.
 *
 * @returns undefined if none is named and the storage is no folder
 * @throws InvalidConfiguration
 */
export function sealKeyFiles(
  { SEAL_KEY: given }: Environment,
  storage: string,
  setting: string,
): SealConfig['keyFiles'] | undefined {
  if (!given) {
    const file = besideFolder(storage, setting, '.seal-key')
    return file === undefined ? undefined : [file]
  }
  return namesIn(given, 'SEAL_KEY')
}
