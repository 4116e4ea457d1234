import { type BlobContainer, blobPayloads } from '../../../connectors/azure-blob/index.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { requirePackages } from '../../../process/packages.ts'
import type { PayloadAddress } from '../addresses.ts'
import type { OpenedPayloads } from './opened-payloads.ts'

const CONNECTION_STRING = 'AZURE_STORAGE_CONNECTION_STRING'

/** What is needed of `@azure/storage-blob`. */
export type Sdk = {
  readonly BlobServiceClient: {
    new (url: string, credential: object): Service
    fromConnectionString(text: string): Service
  }
}
type Service = { readonly accountName: string; getContainerClient(name: string): BlobContainer }

/**
 * Opens a container in Azure Blob Storage, which must exist. Signs in by `AZURE_STORAGE_CONNECTION_STRING` if it is set,
 * otherwise through Entra ID.
 *
 * @param load loads the SDK
 * @throws InvalidConfiguration
 */
export async function openBlobs(
  { account, container }: PayloadAddress & { readonly kind: 'azure-blob' },
  setting: string,
  load: (setting: string) => Promise<Sdk> = loadSdk,
): Promise<OpenedPayloads> {
  const { BlobServiceClient } = await load(setting)
  const service = await signIn(BlobServiceClient, account, setting)
  return { store: blobPayloads(service.getContainerClient(container)), close: async () => {} }
}

function loadSdk(setting: string): Promise<Sdk> {
  requirePackages(setting, '@azure/storage-blob')
  // By a variable, because its types are not installed here.
  const name: string = '@azure/storage-blob'
  return import(name)
}

async function signIn(Client: Sdk['BlobServiceClient'], account: string, setting: string): Promise<Service> {
  const text = process.env[CONNECTION_STRING]
  if (text) {
    const service = byConnectionString(Client, text)
    if (service.accountName === account) return service
    throw new InvalidConfiguration(CONNECTION_STRING, `is for an account other than that of ${setting}, ${account}`)
  }
  requirePackages(setting, '@azure/identity')
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new Client(`https://${account}.blob.core.windows.net`, new DefaultAzureCredential())
}

function byConnectionString(Client: Sdk['BlobServiceClient'], text: string): Service {
  try {
    return Client.fromConnectionString(text)
  } catch {
    // It contains the account's key, which the SDK's message may repeat.
    throw new InvalidConfiguration(CONNECTION_STRING, 'is not a connection string of a storage account')
  }
}
