import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { SERIES, type SeriesName } from '../../../contract/series.ts'
import { useCourse } from '../../live/use-course.ts'
import { Chart } from '../../parts/chart/chart.ts'
import { formatOf } from '../../parts/chart/units.ts'
import { html } from '../../parts/html.ts'
import { Failure } from '../../parts/waiting.ts'
import { spanOf } from './span.ts'

/** How the numbers went in the time of an incident. */
export function IncidentCharts(props: {
  readonly names: readonly string[]
  readonly openedAt: string
  readonly resolvedAt: string | null
}): VNode | null {
  const { names, openedAt, resolvedAt } = props
  const span = useMemo(() => spanOf(openedAt, resolvedAt, Date.now()), [openedAt, resolvedAt])
  const { course, failure } = useCourse(names, span).value
  const charts = useMemo(
    () => names.map((series) => ({ series, lines: [{ series, title: titleOf(series) }] })),
    [names.join()],
  )
  if (names.length === 0) return null
  if (failure !== null) {
    return html`<${Failure} what="The numbers of that time could not be read." failure=${failure} again=${() => location.reload()} />`
  }
  if (course?.values.every((values) => values.every((value) => value === null))) {
    return html`<p class="page-empty">The numbers of that time are not kept any more: the history reaches back two days.</p>`
  }
  return html`<section class="charts" aria-label="Numbers of that time">${charts.map(
    ({ series, lines }) =>
      html`<${Chart} key=${series} title=${titleOf(series)} lines=${lines} course=${course} format=${formatOf(unitOf(series))} />`,
  )}</section>`
}

// Series of one range, instance or projection have its name in braces.
const known = (series: string) =>
  SERIES[series.replace(/\{.*$/, '') as SeriesName] as { unit: string; title: string } | undefined

const titleOf = (series: string) => {
  const [, of] = /\{(.*)\}$/.exec(series) ?? []
  return `${known(series)?.title ?? series}${of === undefined ? '' : ` of ${of}`}`
}

const unitOf = (series: string) => known(series)?.unit ?? ''
