import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { Course } from '../../live/history.ts'
import { html } from '../html.ts'
import type { ChartLine } from './chart-line.ts'
import { ChartTable } from './chart-table.ts'
import { Plot } from './plot.ts'
import type { Format } from './units.ts'

/** At most four lines over time; what they show is a table, too. The lines differ in colour and in their dashes. */
export function Chart(props: {
  readonly title: string
  readonly lines: readonly ChartLine[]
  readonly course: Course | null
  readonly format: Format
}): VNode {
  const { title, lines, course, format } = props
  const pointed = useSignal<number | null>(null)
  const asTable = useSignal(false)
  const at = pointed.value ?? (course?.times.length ?? 0) - 1
  return html`<section class="panel chart" aria-label=${title}>
    <h2>${title}</h2>
    <ul class="legend">${lines.map(
      (line, i) =>
        html`<li key=${line.series}><span class=${`key key-${i + 1}`}></span>${line.title} <b>${format(valueAt(course, line.series, at))}</b></li>`,
    )}</ul>
    ${
      course === null
        ? html`<p class="chart-plot empty">Waiting for data …</p>`
        : html`<${Plot} course=${course} lines=${lines} format=${format} pointed=${pointed} />`
    }
    <details onToggle=${(event: Event) => {
      asTable.value = (event.currentTarget as HTMLDetailsElement).open
    }}>
      <summary>As a table</summary>
      ${asTable.value && course !== null && html`<${ChartTable} title=${title} course=${course} lines=${lines} format=${format} />`}
    </details>
  </section>`
}

function valueAt(course: Course | null, series: string, at: number): number | null {
  return course?.values[course.names.indexOf(series)]?.[at] ?? null
}
