import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { folderPayloads, type PayloadRule } from '../../../privacy/index.ts'
import type { PayloadAddress } from '../addresses.ts'

/**
 * Opens the place of all payloads.
 *
 * @throws InvalidConfiguration
 */
export async function openPayloads(address: PayloadAddress, setting: string): Promise<readonly PayloadRule[]> {
  if (address.kind === 'folder') return [{ name: 'folder', store: folderPayloads(address.folder) }]
  throw new InvalidConfiguration(setting, 'buckets and containers are not supported yet: name a folder')
}
