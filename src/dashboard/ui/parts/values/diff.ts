import type { DiffLine } from '../../../contract/requests.ts'
import { html } from '../html.ts'
import { visibleLines, visibleText } from './visible-text.ts'

type Difference = Exclude<DiffLine, { op: 'more' }>

const WORDS = { add: 'added', remove: 'removed', change: 'changed' } as const
const SIGNS = { add: '+', remove: '−', change: '≠' } as const

/** The path of a difference as people read it: the JSON pointer, or words for the whole value. */
export const pathText = (path: string): string => (path === '' ? 'the whole value' : visibleText(path))

/** How many differences of each kind there are: `2 added, 1 changed`; null if there is none. */
export function differenceCount(lines: readonly DiffLine[]): string | null {
  const counts = (['add', 'remove', 'change'] as const).flatMap((op) => {
    const count = lines.filter((line) => line.op === op).length
    return count > 0 ? [`${count} ${WORDS[op]}`] : []
  })
  const more = lines.reduce((sum, line) => sum + (line.op === 'more' ? line.count : 0), 0)
  const all = more > 0 ? [...counts, `${more} more not listed`] : counts
  return all.length > 0 ? all.join(', ') : null
}

type DiffProps = {
  readonly lines: readonly DiffLine[]
  /** What has changed: `Changes of the view`. */
  readonly label: string
  /** What is said when nothing has. */
  readonly none: string
}

/** The differences of two JSON values as a table: by word, sign and colour. */
export function DiffTable({ lines, label, none }: DiffProps) {
  const count = differenceCount(lines)
  if (count === null) return html`<p class="muted">${none}</p>`
  const caption = `${label}: ${count}`
  return html`<div class="table-region stacked diff-region" role="region" aria-label=${label} tabindex="0">
    <table class="diff">
      <caption>${caption}</caption>
      <thead><tr>
        <th scope="col">Change</th><th scope="col">Path</th><th scope="col">Before</th><th scope="col">After</th>
      </tr></thead>
      <tbody>${lines.map((line) => line.op !== 'more' && html`<${DiffRow} key=${line.path} line=${line} />`)}</tbody>
    </table>
  </div>`
}

function DiffRow({ line }: { readonly line: Difference }) {
  return html`<tr class=${`diff-${line.op}`}>
    <td data-title="Change"><span class="diff-word"><span class="diff-sign" aria-hidden="true">${SIGNS[line.op]}</span>${WORDS[line.op]}</span></td>
    <th scope="row"><code>${pathText(line.path)}</code></th>
    <td data-title="Before">${line.op === 'add' ? '–' : html`<del>${visibleLines(line.before)}</del>`}</td>
    <td data-title="After">${line.op === 'remove' ? '–' : html`<ins>${visibleLines(line.after)}</ins>`}</td>
  </tr>`
}
