import type { OpenOptions } from '../opener.ts'
import { readSealConfig } from './seal-config.ts'

/** The options for opening a storage that say by which keys what is written to it is sealed. */
export type KeySettings = Pick<OpenOptions, 'writerKey' | 'seals'>

/**
 * Reads `WRITER_KEY`, the file of the key that seals the events that a process appends, and what `readSealConfig` reads.
 * An empty variable counts as not set.
 *
 * @param storage the URL of the storage
 * @param setting the name of that URL in errors
 * @throws InvalidConfiguration
 */
export function readKeySettings(
  environment: Readonly<Record<string, string | undefined>>,
  storage: string,
  setting: string,
): KeySettings {
  const seals = readSealConfig(environment, storage, setting)
  return { ...(environment.WRITER_KEY && { writerKey: environment.WRITER_KEY }), ...(seals && { seals }) }
}
