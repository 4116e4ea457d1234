import type { ProjectionRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Trouble } from '../../parts/panels/trouble.ts'
import { toneOf } from '../../parts/rows/range-state.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { adviceOn } from './advice.ts'
import { keysOfRanges } from './range-keys.ts'

/** What is wrong with a version, why, and what to do; nothing if nothing is. */
export function AdvicePanel({ row }: { readonly row: ProjectionRow }) {
  const ranges = topic('ranges')
  const rows = keysOfRanges(row).value.flatMap((key) => ranges.row(key).value ?? [])
  const advice = adviceOn(row, rows)
  if (advice === undefined) return null
  return html`<${Trouble} tone=${toneOf(advice.state)} title=${advice.what} fault=${advice.fault}>
    <p>${advice.why}</p>
    <h3>What to do</h3>
    <ol>${advice.steps.map((step) => html`<li key=${step}>${visibleText(step)}</li>`)}</ol>
    ${advice.link !== null && html`<p><a class="button" href=${advice.link.href}>${advice.link.text}</a></p>`}
  <//>`
}
