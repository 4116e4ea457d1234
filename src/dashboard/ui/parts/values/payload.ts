import type { Payload } from '../../../contract/requests.ts'
import { html } from '../html.ts'
import { visibleLines } from './visible-text.ts'

/** What a payload lacks, in words; undefined if it is whole. */
export function lackOf({ text, bytes, cut, masked }: Payload): string | undefined {
  if (masked && text === '') return 'This dashboard does not show payloads.'
  const lacks = [
    masked ? 'This dashboard shows the names of members, and types instead of values.' : '',
    cut ? `Cut: this is the beginning of ${bytes.toLocaleString('en')} bytes.` : '',
  ].filter((lack) => lack !== '')
  return lacks.length > 0 ? lacks.join(' ') : undefined
}

type PayloadProps = {
  readonly payload: Payload | null
  /** What it is, for readers of the screen: `View before`. */
  readonly label: string
  /** What is said when there is none. */
  readonly none: string
}

/** JSON as text that can be scrolled by keyboard, with what it lacks. */
export function PayloadText({ payload, label, none }: PayloadProps) {
  if (payload === null) return html`<p class="muted">${none}</p>`
  const lack = lackOf(payload)
  return html`<div class="stack tight">
    ${
      payload.text !== '' &&
      html`<pre class="payload" role="region" aria-label=${label} tabindex="0">${visibleLines(payload.text)}</pre>`
    }
    ${lack && html`<p class="muted small">${lack}</p>`}
  </div>`
}
