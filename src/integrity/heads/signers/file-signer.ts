import { builtin } from '../../../core/builtin-modules.ts'
import { InvalidChainKey } from '../../../core/errors/integrity.ts'
import { createSecretFile, readSecretFile } from '../../../core/files/secret-file.ts'
import { formatBase64, parseBase64 } from '../../base64.ts'
import { KEY_SIZE, privateKeyOf, publicBytesOf, signEd25519 } from '../../keys/ed25519.ts'
import { LOG_KEY, WITNESS_KEY } from '../../keys/key-type.ts'
import { isKeyName } from '../../keys/origin.ts'
import { formatVerifierKey } from '../../keys/verifier-key.ts'
import type { Signer } from '../signer.ts'

const WHAT = 'signing key'

// As golang.org/x/mod/sumdb/note writes private keys, so that the tools of other logs can read it.
const FORM = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})\n?$/

/**
 * Creates the file of a signing key, which only its owner can read. Keep a copy of it: without it, the chain needs
 * another key, which each verifier must be given.
 *
 * @param name the key's name, by convention the chain's origin
 * @param use `log` signs heads, `witness` cosigns those of others
 * @returns a signer with that key
 * @throws InvalidChainKey if the name is invalid; InvalidConfiguration if the file exists or cannot be written
 */
export async function createSigner(file: string, name: string, use: 'log' | 'witness' = 'log'): Promise<Signer> {
  const type = use === 'log' ? LOG_KEY : WITNESS_KEY
  const seed = builtin.crypto().randomBytes(KEY_SIZE)
  const signer = signerOf(name, type, seed)
  const [, id] = signer.verifierKey.split('+')
  const material = formatBase64(Buffer.concat([Uint8Array.of(type), seed]))
  await createSecretFile(file, `PRIVATE+KEY+${name}+${id}+${material}\n`, WHAT)
  return signer
}

/**
 * Signs with the key in a file that `createSigner` created. It is read once, here.
 *
 * @throws InvalidConfiguration if it cannot be read, or others may read it; InvalidChainKey if it is not such a file
 */
export async function fileSigner(file: string): Promise<Signer> {
  const [, name = '', id, base64 = ''] = FORM.exec(await readSecretFile(file, WHAT)) ?? []
  const material = parseBase64(base64)
  const [type] = material ?? []
  const isSupported = material?.length === 1 + KEY_SIZE && (type === LOG_KEY || type === WITNESS_KEY)
  if (!isSupported || !isKeyName(name)) throw new InvalidChainKey(`${file} is not the file of a signing key`)
  const signer = signerOf(name, type, material.subarray(1))
  if (signer.verifierKey.split('+')[1] !== id) throw new InvalidChainKey(`${file}: the key is damaged`)
  return signer
}

function signerOf(name: string, type: number, seed: Uint8Array): Signer {
  const key = privateKeyOf(seed)
  return {
    name,
    verifierKey: formatVerifierKey(name, type, publicBytesOf(key)),
    sign: async (message) => signEd25519(key, message),
  }
}
