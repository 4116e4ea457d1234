import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** What is authenticated with what a key encrypts. */
export type EncryptionContext = Readonly<Record<string, string>>

/** A symmetric key of KMS: its ciphertexts name it and its material, of which it keeps all that it ever had. */
export class KmsKey {
  readonly arn: string
  state: 'Enabled' | 'Disabled' | 'PendingDeletion' = 'Enabled'
  readonly #materials = [randomBytes(32)]

  constructor(arn: string) {
    this.arn = arn
  }

  rotate(): void {
    this.#materials.push(randomBytes(32))
  }

  encrypt(bytes: Buffer, context: EncryptionContext): Buffer {
    const index = this.#materials.length - 1
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#materials[index] as Buffer, nonce)
    cipher.setAAD(aadOf(context))
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
    return Buffer.concat([Buffer.from([this.arn.length, index]), Buffer.from(this.arn), nonce, sealed])
  }

  /** @throws for what it did not encrypt, or encrypted in another context */
  decrypt(blob: Buffer, context: EncryptionContext): Buffer {
    const start = 2 + (blob[0] ?? 0)
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.#materials[blob[1] ?? 0] as Buffer,
      blob.subarray(start, start + 12),
    )
    decipher.setAAD(aadOf(context)).setAuthTag(blob.subarray(-16))
    return Buffer.concat([decipher.update(blob.subarray(start + 12, -16)), decipher.final()])
  }
}

/** The key that a ciphertext names. */
export const arnOf = (blob: Buffer): string => blob.subarray(2, 2 + (blob[0] ?? 0)).toString()

const aadOf = (context: EncryptionContext): Buffer => Buffer.from(JSON.stringify(Object.entries(context).sort()))
