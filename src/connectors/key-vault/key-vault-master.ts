import { timingSafeEqual } from 'node:crypto'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'
import type { MasterContext, MasterKey } from '../../privacy/vault/master/master-key.ts'
import { bindKey, unbindKey } from './bound-key.ts'
import { toFailure } from './failures.ts'
import type { KeyVaultClient } from './key-vault-client.ts'

/** How a key of Key Vault wraps: RSA-OAEP-256 for an RSA key, the others for an AES key of a managed HSM. */
export type KeyVaultAlgorithm = 'RSA-OAEP-256' | 'A256KW' | 'A192KW' | 'A128KW'

/** How the key wraps. */
export type KeyVaultMasterOptions = {
  /** It must fit the type of the key, and stay the same for as long as the key is used; RSA-OAEP-256 by default. */
  readonly algorithm?: KeyVaultAlgorithm
}

const KEY_ID = /^https:\/\/[^/?#\s]+\/keys\/[A-Za-z0-9-]+\/[A-Za-z0-9]+$/

/**
 * A master key in Azure Key Vault, or in a managed HSM. It needs the permissions to wrap and to unwrap with the key, as
 * the role Key Vault Crypto Service Encryption User grants them. What it wraps contains a hash of the context, since
 * RSA-OAEP authenticates none.
 *
 * @param client `CryptographyClient` of `@azure/keyvault-keys`, created for one version of a key; each version is a
 *   master key of its own
 * @throws InvalidConfiguration if the client's key id names no version
 */
export function keyVaultMaster(
  client: KeyVaultClient,
  { algorithm = 'RSA-OAEP-256' }: KeyVaultMasterOptions = {},
): MasterKey {
  const id = client.keyID ?? ''
  if (!KEY_ID.test(id)) {
    const expected =
      'https://<vault>/keys/<name>/<version>: without a version, a new one could not unwrap what this one wrapped'
    throw new InvalidConfiguration('keyVaultMaster', `the client's key id must be ${expected}`)
  }
  const unwrap = async (wrapped: Uint8Array, context: MasterContext, abortSignal: AbortSignal) => {
    const { result } = await client.unwrapKey(algorithm, wrapped, { abortSignal }).catch((error: unknown) => {
      throw toFailure(id, 'unwrapKey', algorithm, error)
    })
    const key = unbindKey(result, context)
    if (key === undefined) throw new InvalidConfiguration('master', `${id} wrapped this key for another vault or epoch`)
    return key
  }
  return {
    id,
    destructionDays: { least: 7, most: 90 },
    async wrap(bytes, context, abortSignal) {
      const { result } = await client.wrapKey(algorithm, bindKey(bytes, context), { abortSignal }).catch((error) => {
        throw toFailure(id, 'wrapKey', algorithm, error)
      })
      // A disabled key still wraps, and another permission is needed to unwrap: find out before anything depends on it.
      const again = await unwrap(result, context, abortSignal)
      if (again.length !== bytes.length || !timingSafeEqual(again, bytes)) {
        throw new KeysUnavailable(`${id} does not unwrap what it wrapped`)
      }
      return result
    },
    unwrap,
  }
}
