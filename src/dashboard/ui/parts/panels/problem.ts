import { failureOf } from '../../live/use-request.ts'
import { html } from '../html.ts'
import { visibleText } from '../values/visible-text.ts'

/** What went wrong, as a sentence with its code. */
export function ProblemText({ error }: { readonly error: unknown }) {
  const { message, code } = failureOf(error)
  return html`<p class="failure preserved">${visibleText(message)} <code>${visibleText(code)}</code></p>`
}
