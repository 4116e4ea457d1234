import { assertEnvironment } from '../core/environment.ts'
import { type KeySettings, readKeySettings } from './chain/key-settings.ts'
import type { OpenOptions } from './opener.ts'

/** The options for opening a storage that every process reads from its environment. */
export type OpeningSettings = KeySettings & Pick<OpenOptions, 'environment'>

/**
 * Reads `TIDEMARK_ENVIRONMENT`, the environment that the log belongs to, and what `readKeySettings` reads. An empty
 * variable counts as not set.
 *
 * @param storage the URL of the storage
 * @param setting the name of that URL in errors
 * @throws InvalidConfiguration
 */
export function readOpeningSettings(
  variables: Readonly<Record<string, string | undefined>>,
  storage: string,
  setting: string,
): OpeningSettings {
  const environment = variables.TIDEMARK_ENVIRONMENT || undefined
  if (environment !== undefined) assertEnvironment(environment, 'TIDEMARK_ENVIRONMENT')
  return { ...(environment !== undefined && { environment }), ...readKeySettings(variables, storage, setting) }
}
