/** What a wrapped key is bound to: names and values that are no secret, such as `{ vault, epoch }`. */
export type MasterContext = { readonly [name: string]: string }

/**
 * The key that everything else depends on: it wraps the keys of epochs and never leaves where it is kept, if that is a
 * key management service. A process calls it once for each epoch.
 */
export interface MasterKey {
  /** Names this key, and this version of it; it is stored with what the key wrapped. */
  readonly id: string
  /**
   * How many days pass between the order to destroy this key and the moment at which nothing can restore it: at least,
   * and at most. For reports only.
   */
  readonly destructionDays?: { readonly least: number; readonly most: number }
  /**
   * Encrypts at most 64 bytes.
   *
   * @param context authenticated with the bytes, if the service can; the vault also checks it itself
   */
  wrap(bytes: Uint8Array, context: MasterContext, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Decrypts what `wrap` returned for the same context.
   *
   * @throws InvalidConfiguration if this is not the key that wrapped the bytes, which is not tried again; any other
   *   error is
   */
  unwrap(wrapped: Uint8Array, context: MasterContext, signal: AbortSignal): Promise<Uint8Array>
}
