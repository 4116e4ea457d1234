import type { ComponentChildren, VNode } from 'preact'
import type { RequestFailed } from '../live/problem.ts'
import { html } from './html.ts'

/** What stands where data will be. */
export function Waiting({ children }: { readonly children?: ComponentChildren }): VNode {
  return html`<p class="empty">${children ?? 'Waiting for data …'}</p>`
}

/** Why there is nothing to see: what was asked for could not be had. */
export function Failure({
  what,
  failure,
  again,
}: {
  readonly what: string
  readonly failure: RequestFailed
  readonly again: () => void
}): VNode {
  return html`<p class="empty">${what} ${failure.message} <code>${failure.code}</code> <button type="button" onClick=${again}>Try again</button></p>`
}
