import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { localMaster, type MasterKey } from '../../../privacy/index.ts'
import { requirePackages } from '../../../process/packages.ts'
import type { MasterAddress } from '../addresses.ts'

/**
 * Opens a master key: reads its file, or creates the client of its service. The credentials for a service come from
 * where its SDK finds them: `DefaultAzureCredential`, or the default chain of AWS.
 *
 * @throws InvalidConfiguration
 */
export async function openMaster(address: MasterAddress, setting: string): Promise<MasterKey> {
  if (address.kind === 'file') return openFile(address.file, setting)
  return address.kind === 'kms' ? openKms(address, setting) : openKeyVault(address.url, setting)
}

async function openKms({ arn, region }: { readonly arn: string; readonly region: string }, setting: string) {
  requirePackages(setting, '@aws-sdk/client-kms')
  const { KMSClient } = await import('@aws-sdk/client-kms')
  const { kmsMaster } = await import('../../../connectors/kms/index.ts')
  return kmsMaster(new KMSClient({ region }), arn)
}

async function openKeyVault(url: string, setting: string) {
  requirePackages(setting, '@azure/keyvault-keys', '@azure/identity')
  const { CryptographyClient } = await import('@azure/keyvault-keys')
  const { DefaultAzureCredential } = await import('@azure/identity')
  const { keyVaultMaster } = await import('../../../connectors/key-vault/index.ts')
  return keyVaultMaster(new CryptographyClient(url, new DefaultAzureCredential()))
}

async function openFile(file: string, setting: string): Promise<MasterKey> {
  try {
    return await localMaster(file)
  } catch (cause) {
    if (!(cause instanceof InvalidConfiguration)) throw cause
    const isMissing = (cause.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    const how = isMissing ? `${file} does not exist; tidemark vault init creates it` : cause.message
    throw new InvalidConfiguration(setting, how, { cause })
  }
}
