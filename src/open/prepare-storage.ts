import { schemeOf } from './schemes.ts'

/**
 * Starts what a storage needs to run and nobody has started yet, which is an emulator, so that it belongs to this
 * process, and not to whichever of several opens the storage first. It ends when this process does.
 *
 * @param setting what an error calls the URL
 * @throws InvalidConfiguration, and what keeps an emulator from starting
 */
export async function prepareStorage(url: string, setting: string): Promise<void> {
  const { prepare } = await schemeOf(url, setting)
  await prepare?.(url, setting)
}
