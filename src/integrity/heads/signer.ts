/** Signs heads: Ed25519, as C2SP's signed notes have it. */
export interface Signer {
  /** The key's name, by convention the chain's origin. */
  readonly name: string
  /** What verifies its signatures: `<name>+<key id>+<base64>` (C2SP, signed-note). */
  readonly verifierKey: string
  /** Signs a note's text. @returns the signature: 64 bytes */
  sign(text: Uint8Array): Promise<Uint8Array>
}
