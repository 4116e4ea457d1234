import type { Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { stale } from '../../live/freshness.ts'
import type { Course } from '../../live/history.ts'
import { shownTheme } from '../../live/theme.ts'
import { html } from '../html.ts'
import type { ChartLine } from './chart-line.ts'
import { plotOptions } from './plot-options.ts'
import type { Format } from './units.ts'

type PlotProps = {
  readonly course: Course
  readonly lines: readonly ChartLine[]
  readonly format: Format
  /** The index of the time that the pointer is at. */
  readonly pointed: Signal<number | null>
}

const HEIGHT = 192

/** The drawn part of a chart. The library that draws it is loaded when the first chart is shown. */
export function Plot({ course, lines, format, pointed }: PlotProps): VNode {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const isSeen = useRef(false)
  const newest = useRef(course)
  newest.current = course
  const draw = () => plot.current?.setData(dataOf(newest.current, lines))

  // It is made anew when the colours change, since a canvas keeps those that it was drawn with.
  useEffect(() => {
    const element = place.current
    if (element === null) return
    let shown = true
    import('uplot').then(
      ({ default: UPlot }) => {
        if (!shown) return
        const options = plotOptions(element, lines, format, (at) => {
          pointed.value = at
        })
        const size = { width: element.clientWidth, height: HEIGHT }
        plot.current = new UPlot({ ...options, ...size }, dataOf(newest.current, lines), element)
      },
      () => {},
    )
    return () => {
      shown = false
      plot.current?.destroy()
      plot.current = null
    }
  }, [shownTheme.value, stale.value, lines, format, pointed])

  // A chart that is out of sight is drawn when it comes into sight.
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const sight = new IntersectionObserver(([entry]) => {
      isSeen.current = entry?.isIntersecting === true
      if (isSeen.current) draw()
    })
    const size = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }))
    sight.observe(element)
    size.observe(element)
    return () => {
      sight.disconnect()
      size.disconnect()
    }
  }, [])
  useEffect(() => {
    if (isSeen.current && !document.hidden) draw()
  }, [course])
  return html`<div class="chart-plot" ref=${place} aria-hidden="true"></div>`
}

function dataOf({ names, times, values }: Course, lines: readonly ChartLine[]): uPlot.AlignedData {
  const seconds = times.map((time) => time / 1000)
  return [seconds, ...lines.map(({ series }) => [...(values[names.indexOf(series)] ?? times.map(() => null))])]
}
