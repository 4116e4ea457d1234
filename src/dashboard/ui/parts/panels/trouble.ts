import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import type { Fault } from '../../../../operations/model/snapshot.ts'
import { html } from '../html.ts'
import { Status, type Tone } from '../status.ts'
import { visibleText } from '../values/visible-text.ts'

type TroubleProps = {
  readonly tone: Tone
  /** What is wrong, in one sentence. */
  readonly title: ComponentChildren
  readonly fault?: Fault | null
  /** Why, and what to do. */
  readonly children: ComponentChildren
}

/** What is wrong with the thing that a page shows, above everything else. */
export function Trouble({ tone, title, fault = null, children }: TroubleProps) {
  const id = useId()
  return html`<section class="trouble" data-tone=${tone} aria-labelledby=${id}>
    <h2 id=${id}><${Status} tone=${tone}>${title}<//></h2>
    <div class="trouble-body stack tight">
      ${fault !== null && html`<${FaultText} fault=${fault} />`}
      ${children}
    </div>
  </section>`
}

/** A failure by its code and message. */
export function FaultText({ fault: { code, message } }: { readonly fault: Fault }) {
  return html`<p class="fault preserved"><code>${visibleText(code)}</code> ${visibleText(message)}</p>`
}
