/** What is needed of `CryptographyClient` of `@azure/keyvault-keys`, which fits it. */
export type KeyVaultClient = {
  /** `https://<vault>/keys/<name>/<version>`. */
  readonly keyID: string | undefined
  wrapKey(algorithm: string, key: Uint8Array, options?: CallOptions): Promise<{ readonly result: Uint8Array }>
  unwrapKey(
    algorithm: string,
    encryptedKey: Uint8Array,
    options?: CallOptions,
  ): Promise<{ readonly result: Uint8Array }>
}

type CallOptions = { abortSignal?: AbortSignal }
