import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { createSecretFile, readSecretFile } from '../../../core/files/secret-file.ts'
import { canonicalJson } from '../../../core/json/canonical-json.ts'
import { KEY_BYTES } from '../../sealing/derived-keys.ts'
import type { MasterContext, MasterKey } from './master-key.ts'
import { unwrapKey, wrapKey } from './wrapped-key.ts'

const FORMAT = 'tidemark-master-key/1'
const FORM = /^tidemark-master-key\/1 (local:[A-Za-z0-9_-]{22})\n([A-Za-z0-9_-]{43})\n$/

/**
 * Creates the file of a master key, for a single machine. Keep a copy of it away from the machine: without it, personal
 * data can never be read again.
 *
 * @returns the key's id
 * @throws InvalidConfiguration if the file exists, whatever is in it, or cannot be written
 */
export async function createLocalMaster(file: string): Promise<string> {
  const id = `local:${randomBytes(16).toString('base64url')}`
  const key = randomBytes(KEY_BYTES).toString('base64url')
  await createSecretFile(file, `${FORMAT} ${id}\n${key}\n`, 'master key')
  return id
}

/**
 * A master key in a file, which `createLocalMaster` created. It is read once, here.
 *
 * @throws InvalidConfiguration if the file cannot be read, if others may read it, or if it is not a master key
 */
export async function localMaster(file: string): Promise<MasterKey> {
  const [, id, key] = FORM.exec(await readSecretFile(file, 'master key')) ?? []
  if (id === undefined || key === undefined) throw new InvalidConfiguration(file, 'is not the file of a master key')
  return masterOf(id, createSecretKey(Buffer.from(key, 'base64url')))
}

function masterOf(id: string, key: KeyObject): MasterKey {
  const boundTo = (context: MasterContext) => `${FORMAT} ${id} ${canonicalJson(context)}`
  return {
    id,
    destructionDays: { least: 0, most: 0 },
    wrap: async (bytes, context) => wrapKey(key, bytes, boundTo(context)),
    async unwrap(wrapped, context) {
      const bytes = unwrapKey(key, wrapped, boundTo(context))
      if (bytes === undefined) throw new InvalidConfiguration('master', `${id} did not wrap this key`)
      return bytes
    },
  }
}
