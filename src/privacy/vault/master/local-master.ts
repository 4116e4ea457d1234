import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { canonicalJson } from '../../../core/json/canonical-json.ts'
import { syncFolder } from '../../payloads/folder/durable-files.ts'
import { KEY_BYTES } from '../../sealing/derived-keys.ts'
import type { MasterContext, MasterKey } from './master-key.ts'
import { unwrapKey, wrapKey } from './wrapped-key.ts'

const FORMAT = 'tidemark-master-key/1'
const FORM = /^tidemark-master-key\/1 (local:[A-Za-z0-9_-]{22})\n([A-Za-z0-9_-]{43})\n$/
const OTHERS = 0o077

/**
 * Creates the file of a master key, for a single machine. Keep a copy of it away from the machine: without it, personal
 * data can never be read again.
 *
 * @returns the key's id
 * @throws InvalidConfiguration if the file exists, whatever is in it, or cannot be written
 */
export async function createLocalMaster(file: string): Promise<string> {
  const id = `local:${randomBytes(16).toString('base64url')}`
  const unfinished = `${file}.${randomBytes(8).toString('hex')}`
  try {
    await using handle = await open(unfinished, 'wx', 0o600)
    await handle.writeFile(`${FORMAT} ${id}\n${randomBytes(KEY_BYTES).toString('base64url')}\n`)
    await handle.sync()
    // Unlike a rename, it fails if the file exists; and another process never finds a part of the file.
    await link(unfinished, file)
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    const reason = exists ? 'exists already, and a master key is never overwritten' : 'cannot be written'
    throw new InvalidConfiguration(file, reason, { cause })
  } finally {
    await rm(unfinished, { force: true }).catch(() => {})
  }
  await syncFolder(dirname(file))
  return id
}

/**
 * A master key in a file, which `createLocalMaster` created. It is read once, here.
 *
 * @throws InvalidConfiguration if the file cannot be read, if others may read it, or if it is not a master key
 */
export async function localMaster(file: string): Promise<MasterKey> {
  const [, id, key] = FORM.exec(await readSecret(file)) ?? []
  if (id === undefined || key === undefined) throw new InvalidConfiguration(file, 'is not the file of a master key')
  return masterOf(id, createSecretKey(Buffer.from(key, 'base64url')))
}

async function readSecret(file: string): Promise<string> {
  let mode: number
  let text: string
  try {
    await using handle = await open(file, 'r')
    mode = (await handle.stat()).mode
    text = await handle.readFile('utf8')
  } catch (cause) {
    throw new InvalidConfiguration(file, 'the master key cannot be read', { cause })
  }
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new InvalidConfiguration(file, 'others may read the master key: run chmod 600')
  }
  return text
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
