import type { ComponentChildren, VNode } from 'preact'
import { html } from './html.ts'

/** The heading of a page, one for each: `crumbs` lead back to what the page is a part of. */
export function Heading(props: {
  readonly title: ComponentChildren
  readonly crumbs?: readonly { readonly text: string; readonly href: string }[]
  /** What stands beside the title: a state, buttons. */
  readonly children?: ComponentChildren
}): VNode {
  return html`<header class="page-head">
    ${props.crumbs !== undefined && html`<${Crumbs} crumbs=${props.crumbs} />`}
    <h1 tabindex="-1" id="page-title">${props.title}</h1>
    ${props.children !== undefined && html`<div class="page-head-aside">${props.children}</div>`}
  </header>`
}

function Crumbs({ crumbs }: { readonly crumbs: readonly { readonly text: string; readonly href: string }[] }): VNode {
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    <ol>${crumbs.map(({ text, href }) => html`<li key=${href}><a href=${href}>${text}</a></li>`)}</ol>
  </nav>`
}
