import { useId } from 'preact/hooks'
import type { ReplayAnswer } from '../../../contract/requests.ts'
import { html } from '../../parts/html.ts'
import { FaultText } from '../../parts/panels/trouble.ts'
import { DiffTable } from '../../parts/values/diff.ts'
import { PayloadText } from '../../parts/values/payload.ts'
import { outcomeOf } from './outcome.ts'

/** What a replay did, or would do: in words, as a difference, and the whole view before and after. */
export function ReplayResult({ answer, title }: { readonly answer: ReplayAnswer; readonly title: string }) {
  const id = useId()
  const { diff, before, after, error } = answer
  return html`<section class="stack tight" aria-labelledby=${id}>
    <h3 id=${id}>${title}</h3>
    <p>${outcomeOf(answer)}</p>
    ${error !== null && html`<${FaultText} fault=${error} />`}
    <${DiffTable} lines=${diff} label="Changes of the view" none="The view does not change." />
    <details>
      <summary>The whole view before and after</summary>
      <div class="columns">
        <div><h4>Before</h4><${PayloadText} payload=${before} label="View before" none=${NONE} /></div>
        <div><h4>After</h4><${PayloadText} payload=${after} label="View after" none=${NONE} /></div>
      </div>
    </details>
  </section>`
}

const NONE = 'There is no view, or it may contain personal data.'
