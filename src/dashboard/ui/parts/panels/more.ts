import type { Pages } from '../../live/use-pages.ts'
import { html } from '../html.ts'
import { ProblemText } from './problem.ts'

type MoreProps = {
  readonly pages: Pick<Pages<unknown>, 'loading' | 'failure' | 'more'>
  /** What the button says: `Show older events`. */
  readonly text: string
}

/** What stands below a list that is read a page at a time. */
export function More({ pages: { loading, failure, more }, text }: MoreProps) {
  return html`<div class="row" aria-live="polite">
    ${failure !== null && html`<${ProblemText} error=${failure} />`}
    ${loading && html`<span class="muted">Loading …</span>`}
    ${more !== null && html`<button type="button" onClick=${more}>${text}</button>`}
  </div>`
}
