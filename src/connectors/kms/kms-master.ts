import { timingSafeEqual } from 'node:crypto'
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'
import type { MasterContext, MasterKey } from '../../privacy/vault/master/master-key.ts'
import { toFailure } from './failures.ts'

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/

/**
 * A master key in AWS KMS: a symmetric one, for which the client needs `kms:Encrypt` and `kms:Decrypt`. The context is
 * the encryption context, which KMS authenticates, and which CloudTrail records.
 *
 * @param client `KMSClient` of `@aws-sdk/client-kms`, for the key's region
 * @param keyArn the key's ARN: an alias may be moved to another key, and the id alone does not say where the key is
 * @throws InvalidConfiguration if it is no ARN of a key
 */
export function kmsMaster(client: Pick<KMSClient, 'send'>, keyArn: string): MasterKey {
  if (!KEY_ARN.test(keyArn)) {
    throw new InvalidConfiguration(
      'kmsMaster',
      'the key must be named by its ARN, arn:aws:kms:<region>:<account>:key/<id>, not by an alias, which may be moved',
    )
  }
  const named = { KeyId: keyArn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } as const
  const unwrap = async (wrapped: Uint8Array, context: MasterContext, abortSignal: AbortSignal) => {
    const command = new DecryptCommand({ ...named, CiphertextBlob: wrapped, EncryptionContext: { ...context } })
    const { Plaintext } = await client.send(command, { abortSignal }).catch((error: unknown) => {
      throw toFailure(keyArn, 'Decrypt', error)
    })
    if (Plaintext === undefined) throw new KeysUnavailable(`${keyArn}: Decrypt returned no bytes`)
    return Plaintext
  }
  return {
    id: keyArn,
    destructionDays: { least: 7, most: 30 },
    async wrap(bytes, context, abortSignal) {
      const command = new EncryptCommand({ ...named, Plaintext: bytes, EncryptionContext: { ...context } })
      const { CiphertextBlob } = await client.send(command, { abortSignal }).catch((error: unknown) => {
        throw toFailure(keyArn, 'Encrypt', error)
      })
      if (CiphertextBlob === undefined) throw new KeysUnavailable(`${keyArn}: Encrypt returned no bytes`)
      // Another permission is needed to decrypt: find out before anything depends on it.
      const again = await unwrap(CiphertextBlob, context, abortSignal)
      if (again.length !== bytes.length || !timingSafeEqual(again, bytes)) {
        throw new KeysUnavailable(`${keyArn} does not decrypt what it encrypted`)
      }
      return CiphertextBlob
    },
    unwrap,
  }
}
