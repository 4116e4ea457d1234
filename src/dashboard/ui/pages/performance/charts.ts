import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { SERIES, type SeriesName } from '../../../contract/series.ts'
import type { Course } from '../../live/history.ts'
import { samples } from '../../live/samples.ts'
import { useCourse } from '../../live/use-course.ts'
import { Chart } from '../../parts/chart/chart.ts'
import type { ChartLine } from '../../parts/chart/chart-line.ts'
import { formatOf } from '../../parts/chart/units.ts'
import { html } from '../../parts/html.ts'
import { Failure } from '../../parts/waiting.ts'
import { CHARTS } from './chart-list.ts'

const NAMES = Object.keys(SERIES)

/** The last ten minutes, as they come in. */
export function LiveCharts(): VNode {
  return html`<${ChartsOf} course=${samples.value.times.length === 0 ? null : samples.value} />`
}

/** A longer time, which is asked for. */
export function Charts({ length, step }: { readonly length: number; readonly step: number }): VNode {
  const from = useMemo(() => Date.now() - length, [length])
  const { course, failure } = useCourse(NAMES, { from, until: null, step }).value
  if (course === null && failure !== null) {
    return html`<${Failure} what="The history could not be read." failure=${failure} again=${() => location.reload()} />`
  }
  return html`<${ChartsOf} course=${course} />`
}

function ChartsOf({ course }: { readonly course: Course | null }): VNode {
  const measured = CHARTS.filter(
    ({ lines }) => course === null || lines.some(({ series }) => isMeasured(course, series)),
  )
  const others = CHARTS.filter((chart) => !measured.includes(chart))
  return html`<div class="stack">
    <div class="charts">${measured.map(
      ({ title, lines }) =>
        html`<${Chart} key=${title} title=${title} lines=${lines} course=${course} format=${formatOf(unitOf(lines))} />`,
    )}</div>
    ${others.length > 0 && html`<p class="muted">Not measured in this time: ${others.map(({ title }) => title.toLowerCase()).join(', ')}.</p>`}
  </div>`
}

const isMeasured = (course: Course, series: string) =>
  (course.values[course.names.indexOf(series)] ?? []).some((value) => value !== null)

const unitOf = (lines: readonly ChartLine[]) => SERIES[(lines[0]?.series ?? 'appended') as SeriesName].unit
