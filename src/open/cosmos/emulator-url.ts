import { CosmosClient } from '@azure/cosmos'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { Opener } from '../opener.ts'
import { ensureEmulator, isListening } from './emulator-process.ts'
import { openWithClient, USER_AGENT } from './open-with-client.ts'
import { parseEmulatorUrl } from './parse-url.ts'

/** The key of every emulator, which Microsoft documents and which is not a secret. */
const EMULATOR_KEY = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/**
 * Opens a database in the emulator of a `cosmos-emulator:` URL. If nothing listens there, one is started in a separate
 * process, which ends with this one.
 */
export const openEmulatorUrl: Opener = async (url, options) => {
  const { setting, mustExist = false } = options
  const address = parseEmulatorUrl(url, setting)
  if (mustExist && !(await isListening(address))) {
    const how = `start one with tidemark cosmos-emulator --port ${address.port}`
    throw new InvalidConfiguration(setting, `no emulator listens on ${address.host}:${address.port}; ${how}`)
  }
  await ensureEmulator(address)
  return openWithClient(
    new CosmosClient({ endpoint: address.endpoint, key: EMULATOR_KEY, userAgentSuffix: USER_AGENT }),
    address,
    options,
  )
}

/** Starts the emulator of a `cosmos-emulator:` URL, unless something already listens there. */
export const prepareEmulator = (url: string, setting: string): Promise<void> =>
  ensureEmulator(parseEmulatorUrl(url, setting))
