import type { Payload } from '../../../../src/dashboard/contract/requests.ts'

/** A payload as the server makes it of JSON. */
export function payload(value: unknown): Payload {
  const text = JSON.stringify(value, null, 2)
  return { text, bytes: text.length, cut: false, masked: false }
}

/** The beginning of 30 MB in one line, which the server cut. */
export const HUGE: Payload = { text: `"${'<b>x'.repeat(16_000)}`, bytes: 31_457_280, cut: true, masked: false }
