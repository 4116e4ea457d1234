import type { CosmosClientOptions } from '@azure/cosmos'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { StorageAccessDenied } from '../../core/errors/storage.ts'
import { signedBy } from '../../cosmos.ts'
import { isInstalled } from '../../process/packages.ts'
import { isKey } from './is-key.ts'
import { keyInFile } from './key-file.ts'

type Credentials = Pick<CosmosClientOptions, 'key' | 'tokenProvider' | 'aadCredentials'>

/** The scope of tokens for every account of the public cloud. */
const ANY_ACCOUNT = 'https://cosmos.azure.com/.default'

/**
 * How to sign in to an account: with the key in `COSMOS_KEY`, with the one in the file that `COSMOS_KEY_FILE` names and
 * that may change, otherwise through Entra ID with the identity that `@azure/identity` finds (a managed identity, the
 * variables of a service principal, `az login`).
 *
 * @throws InvalidConfiguration if the key is invalid, or there is neither a key nor that package
 * @throws StorageAccessDenied if Entra ID finds no identity
 */
export async function findCredentials(
  { COSMOS_KEY: key, COSMOS_KEY_FILE: file }: Readonly<Record<string, string | undefined>>,
  endpoint: string,
): Promise<Credentials> {
  if (key) {
    // It is a secret: the error must not contain it.
    if (!isKey(key)) throw new InvalidConfiguration('COSMOS_KEY', 'is not base64, as account keys are')
    return { key }
  }
  if (file) return { tokenProvider: signedBy(await keyInFile(file)) }
  if (!isInstalled('@azure/identity')) {
    throw new InvalidConfiguration(
      'COSMOS_KEY',
      'must hold the account key; to sign in through Entra ID instead: npm install @azure/identity',
    )
  }
  const { DefaultAzureCredential } = await import('@azure/identity')
  const aadCredentials = new DefaultAzureCredential()
  try {
    // The SDK asks in this order, too, and this way nothing is sent before there is an identity.
    const account = `${endpoint.replace(/\/$/, '')}/.default`
    await aadCredentials.getToken(account).catch(() => aadCredentials.getToken(ANY_ACCOUNT))
  } catch (cause) {
    throw new StorageAccessDenied(
      'COSMOS_KEY is not set, and Entra ID found no identity: sign in with az login, or set what DefaultAzureCredential reads',
      { cause },
    )
  }
  return { aadCredentials }
}
