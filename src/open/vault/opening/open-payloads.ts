import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { folderPayloads, type PayloadRule } from '../../../privacy/index.ts'
import { requirePackages } from '../../../process/packages.ts'
import type { PayloadAddress } from '../addresses.ts'
import type { VaultConfig } from '../vault-config.ts'
import { openBlobs } from './open-blobs.ts'
import type { OpenedPayloads } from './opened-payloads.ts'

/**
 * Opens the payload stores that are configured.
 *
 * @param opened called for each one, to close it later
 * @returns the rules: their names are stored in events, and stay the same when the objects are moved to another place
 * @throws InvalidConfiguration
 */
export async function openPayloads(
  { payloads, personalPayloads }: VaultConfig,
  opened: (one: OpenedPayloads) => void,
): Promise<readonly PayloadRule[] | undefined> {
  const open = async (address: PayloadAddress, setting: string) => {
    const one = await openStore(address, setting)
    opened(one)
    return one.store
  }
  const store = payloads && (await open(payloads, 'PAYLOADS'))
  const personal = personalPayloads ? await open(personalPayloads, 'PAYLOADS_PERSONAL') : store
  const rules = [
    ...(personal
      ? [{ name: 'personal', when: ({ personal }: { readonly personal: boolean }) => personal, store: personal }]
      : []),
    ...(store ? [{ name: 'other', store }] : []),
  ]
  return rules.length > 0 ? rules : undefined
}

async function openStore(address: PayloadAddress, setting: string): Promise<OpenedPayloads> {
  if (address.kind === 'folder') {
    return { store: folderPayloads(address.folder), close: async () => {} }
  }
  return address.kind === 's3' ? openS3(address, setting) : openBlobs(address, setting)
}

async function openS3(
  { bucket, prefix, region, endpoint }: PayloadAddress & { readonly kind: 's3' },
  setting: string,
): Promise<OpenedPayloads> {
  requirePackages(setting, '@aws-sdk/client-s3')
  const { S3Client } = await import('@aws-sdk/client-s3')
  const { s3Payloads } = await import('../../../connectors/s3/index.ts')
  // Services other than AWS know neither buckets in host names nor the SDK's checksums.
  const elsewhere = endpoint !== undefined && {
    endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
  }
  const client = new S3Client({ ...(region !== undefined && { region }), ...elsewhere })
  try {
    await client.config.region()
  } catch (cause) {
    throw new InvalidConfiguration(setting, 'needs a region: set AWS_REGION, or the parameter region', { cause })
  }
  return { store: s3Payloads(client, { bucket, prefix }), close: async () => client.destroy() }
}
