import { createHash } from 'node:crypto'

/**
 * What is kept of an activation code: a hash of it and of the meter's id, so that no log, export or terminal shows the
 * code, and equal codes of two meters look different. The same code has the same hash each time, since a repeated
 * command must decide the same event. Whoever has the log can still try all codes that are short.
 */
export const hashActivationCode = (meterId: string, code: string): string =>
  createHash('sha256')
    .update(JSON.stringify([meterId, code]))
    .digest('base64url')

/** Data of version 1 of an event, which held the code itself, as version 2. */
export const withHashedCode = ({ activationCode, ...data }: { readonly [member: string]: unknown }) => ({
  ...data,
  activationCodeHash: hashActivationCode(String(data.meterId), String(activationCode)),
})
