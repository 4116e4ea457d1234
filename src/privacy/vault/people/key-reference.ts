/** Names one key of a person: the key's id, which stays the same, and its generation. */
export type KeyReference = { readonly keyId: string; readonly generation: number }

const FORM = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,14})$/

/** `<key id>.<generation>`, as it is stored. */
export const formatKeyReference = ({ keyId, generation }: KeyReference): string => `${keyId}.${generation}`

/** Takes a stored reference apart; undefined for any other text. */
export function parseKeyReference(text: unknown): KeyReference | undefined {
  const [, keyId, generation] = (typeof text === 'string' && FORM.exec(text)) || []
  return keyId === undefined ? undefined : { keyId, generation: Number(generation) }
}
