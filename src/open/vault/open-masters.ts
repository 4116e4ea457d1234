import { InvalidConfiguration } from '../../core/errors/input.ts'
import { localMaster, type MasterKey } from '../../privacy/index.ts'
import type { MasterAddress } from './addresses.ts'

/**
 * Opens a master key: reads its file, or creates the client of its service. The credentials for a service come from
 * where its SDK finds them: `DefaultAzureCredential`, or the default chain of AWS.
 *
 * @throws InvalidConfiguration
 */
export async function openMaster(address: MasterAddress, setting: string): Promise<MasterKey> {
  if (address.kind === 'file') return openFile(address.file, setting)
  throw new InvalidConfiguration(setting, 'keys of a service are not supported yet: name a file')
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
