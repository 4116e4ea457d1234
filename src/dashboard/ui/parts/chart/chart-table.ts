import type { VNode } from 'preact'
import type { Course } from '../../live/history.ts'
import { formatClock } from '../format.ts'
import { html } from '../html.ts'
import type { ChartLine } from './chart-line.ts'
import { thin } from './spark-path.ts'
import type { Format } from './units.ts'

const ROWS = 60

/** What a chart shows, newest first: at most 60 rows, each the average of its time. */
export function ChartTable(props: {
  readonly title: string
  readonly course: Course
  readonly lines: readonly ChartLine[]
  readonly format: Format
}): VNode {
  const { course, lines, format } = props
  const count = Math.min(ROWS, course.times.length)
  const columns = lines.map(({ series }) => thin(course.values[course.names.indexOf(series)] ?? [], count))
  const rows = Array.from({ length: count }, (_, i) => count - 1 - i)
  return html`<div class="table-region" role="region" aria-label=${`${props.title}, as a table`} tabindex="0"><table>
    <caption class="hidden">${props.title}</caption>
    <thead><tr><th scope="col">Time</th>${lines.map(({ series, title }) => html`<th key=${series} scope="col" class="number">${title}</th>`)}</tr></thead>
    <tbody>${rows.map(
      (
        row,
      ) => html`<tr key=${row}><th scope="row">${formatClock(course.times[Math.floor((row * course.times.length) / count)] ?? null)}</th>
        ${columns.map((values, i) => html`<td key=${i} class="number">${format(values[row] ?? null)}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`
}
