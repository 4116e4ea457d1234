import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { html } from '../html.ts'

type PanelProps = {
  readonly title: ComponentChildren
  /** Stands at the end of the title. */
  readonly aside?: ComponentChildren
  /** Whether the content reaches the edges, as tables do. */
  readonly isFlush?: boolean
  readonly children: ComponentChildren
}

/** A titled part of a page. */
export function Panel({ title, aside, isFlush = false, children }: PanelProps) {
  const id = useId()
  return html`<section class="panel" aria-labelledby=${id}>
    <div class="panel-head"><h2 id=${id}>${title}</h2>${aside && html`<div class="row">${aside}</div>`}</div>
    ${isFlush ? children : html`<div class="panel-body stack">${children}</div>`}
  </section>`
}
