import type { VNode } from 'preact'
import { html } from './html.ts'
import type { Tone } from './status.ts'

/** A share as a bar. The words beside it say the same. */
export function Meter({ share, tone }: { readonly share: number | null; readonly tone?: Tone }): VNode {
  const width = 100 * Math.min(1, Math.max(0, share ?? 0))
  return html`<svg class="meter" data-tone=${tone} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect width="100" height="8" /><rect class="filled" width=${width} height="8" />
  </svg>`
}
