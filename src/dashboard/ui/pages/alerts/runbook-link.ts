import type { VNode } from 'preact'
import { html } from '../../parts/html.ts'

/** What to do about an alert: a page of the dashboard, or of the documentation. */
export function RunbookLink({ href }: { readonly href: string }): VNode | null {
  if (href.startsWith('#/')) return html`<a class="action" href=${href}>What to do</a>`
  if (href.startsWith('https://'))
    return html`<a class="action" href=${href} target="_blank" rel="noreferrer">What to do (documentation)</a>`
  return null
}
