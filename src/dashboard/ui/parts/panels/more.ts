import { html } from '../html.ts'

type MoreProps<Cursor> = {
  readonly loading: boolean
  /** Where the next page begins, if there is one. */
  readonly next: Cursor | null | undefined
  readonly text: string
  readonly show: (next: Cursor) => void
}

/** What stands below a list that is read a page at a time. */
export function More<Cursor>({ loading, next, text, show }: MoreProps<Cursor>) {
  const hasMore = next !== null && next !== undefined
  return html`<div class="row" aria-live="polite">
    ${loading && html`<span class="muted">Loading …</span>`}
    ${!loading && hasMore && html`<button type="button" onClick=${() => show(next)}>${text}</button>`}
  </div>`
}
