import { NotJson } from '../../core/errors/input.ts'
import { freezeJson } from '../../core/json/freeze-json.ts'
import { isJsonObject } from '../../core/json/json.ts'
import { sealedForm } from '../../views/sealed-views.ts'
import type { Payload } from '../contract/requests.ts'
import type { Session } from '../contract/session.ts'
import { printJson } from './print-json.ts'

/** What is shown of payloads: all of it, the names and types of its members, or only its size. */
export type PayloadMode = Session['payloads']

/** The most bytes of text that one payload is shown as. */
const MOST_SHOWN = 64 * 1024

/**
 * JSON as it is shown: cut, masked or whole. Sealed members are texts that say so; nothing is ever opened.
 *
 * @param value it becomes frozen
 */
export function payloadOf(value: unknown, mode: PayloadMode): Payload {
  const shown = isJsonObject(value) ? sealedForm(value) : value
  const printed =
    mode === 'none' ? { text: '', cut: false } : printJson(shown, { most: MOST_SHOWN, keysOnly: mode === 'keys' })
  return { ...printed, bytes: sizeOf(value, printed.text), masked: mode !== 'full' }
}

/** The same of what may not be there. */
export const payloadOrNull = (value: unknown, mode: PayloadMode): Payload | null =>
  value === null || value === undefined ? null : payloadOf(value, mode)

function sizeOf(value: unknown, text: string): number {
  try {
    return freezeJson(value)
  } catch (error) {
    // Documents of other programs may contain what is not JSON.
    if (!(error instanceof NotJson)) throw error
    return Buffer.byteLength(text)
  }
}
