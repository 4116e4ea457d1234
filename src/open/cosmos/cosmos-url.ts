import { CosmosClient } from '@azure/cosmos'
import type { Opener } from '../opener.ts'
import { greet } from './check-connection.ts'
import { findCredentials } from './credentials.ts'
import { openWithClient, USER_AGENT } from './open-with-client.ts'
import { parseCosmosUrl } from './parse-url.ts'

/**
 * Opens the database of an `https:` URL in Azure Cosmos DB, or in Microsoft's emulator. The credentials are not in the
 * URL: they come from `COSMOS_KEY` or `COSMOS_KEY_FILE`, or through Entra ID.
 */
export const openCosmosUrl: Opener = async (url, options) => {
  const address = parseCosmosUrl(url, options.setting)
  const { endpoint } = address
  const credentials = await findCredentials(process.env, endpoint)
  await greet(endpoint, options.setting)
  return openWithClient(new CosmosClient({ endpoint, userAgentSuffix: USER_AGENT, ...credentials }), address, options)
}
