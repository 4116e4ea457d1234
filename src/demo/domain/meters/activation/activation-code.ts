import { createHash } from 'node:crypto'

/**
 * What is stored of an activation code: a hash of it and of the meter's id, so that no log, export or terminal shows
 * the code, and equal codes of two meters look different. The same code always has the same hash, because a repeated
 * command must decide the same event. Anyone with the log can still try all short codes.
 */
export const hashActivationCode = (meterId: string, code: string): string =>
  createHash('sha256')
    .update(JSON.stringify([meterId, code]))
    .digest('base64url')

/** Converts data of version 1 of an event, which contained the code itself, to version 2. */
export const withHashedCode = ({ activationCode, ...data }: { readonly [member: string]: unknown }) => ({
  ...data,
  activationCodeHash: hashActivationCode(String(data.meterId), String(activationCode)),
})
