import type { VNode } from 'preact'
import { apiPath, post } from '../../live/request.ts'
import { whyReadOnly } from '../../live/session.ts'
import { useAct } from '../../live/use-act.ts'
import { html } from '../../parts/html.ts'

/** Acknowledges an incident; there is none for those who may not. */
export function AckButton({ id }: { readonly id: string }): VNode | null {
  const { busy, failure, act } = useAct()
  if (whyReadOnly.value !== null) return null
  return html`<span class="row"><span class="failure" role="alert">${failure}</span>
    <button type="button" disabled=${busy} onClick=${() => act(() => post(apiPath('incidents', id, 'ack')))}>Acknowledge</button></span>`
}
