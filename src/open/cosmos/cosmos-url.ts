import { lookup } from 'node:dns/promises'
import { CosmosClient } from '@azure/cosmos'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { Opener } from '../opener.ts'
import { findCredentials } from './credentials.ts'
import { openWithClient } from './open-with-client.ts'
import { parseCosmosUrl } from './parse-url.ts'

/**
 * Opens the database of an `https:` URL in Azure Cosmos DB, or in Microsoft's emulator of it. Who we are is not in the
 * URL: it comes from `COSMOS_KEY`, or through Entra ID.
 */
export const openCosmosUrl: Opener = async (url, options) => {
  const address = parseCosmosUrl(url, options.setting)
  const { endpoint } = address
  await assertHostExists(new URL(endpoint).hostname, options.setting)
  const credentials = await findCredentials(process.env, endpoint)
  return openWithClient(new CosmosClient({ endpoint, ...credentials }), address, options)
}

/** Tells a mistyped account at once, for which requests would be made until their deadline. */
async function assertHostExists(host: string, setting: string): Promise<void> {
  try {
    await lookup(host.replace(/^\[(.*)\]$/, '$1'))
  } catch (cause) {
    // What else goes wrong with names may pass, and is waited for.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOTFOUND') return
    throw new InvalidConfiguration(setting, `no host is called ${host}`, { cause })
  }
}
