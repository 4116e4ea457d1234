import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { apiPath, post } from '../../live/request.ts'
import { whyReadOnly } from '../../live/session.ts'
import { failureOf } from '../../live/use-request.ts'
import { html } from '../../parts/html.ts'

/** Acknowledges an incident; there is none for those who may not. */
export function AckButton({ id, done }: { readonly id: string; readonly done?: () => void }): VNode | null {
  const busy = useSignal(false)
  const failure = useSignal('')
  if (whyReadOnly.value !== null) return null
  const act = () => {
    busy.value = true
    post(apiPath('incidents', id, 'ack'))
      .then(done, (error: unknown) => {
        const { code, message } = failureOf(error)
        failure.value = `${message} (${code})`
      })
      .finally(() => {
        busy.value = false
      })
  }
  return html`<span class="row"><span class="failure" role="alert">${failure}</span>
    <button type="button" disabled=${busy.value} onClick=${act}>Acknowledge</button></span>`
}
