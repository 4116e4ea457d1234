import type uPlot from 'uplot'
import type { ChartLine } from './chart-line.ts'
import type { Format } from './units.ts'

// The legend draws the same dashes.
const DASHES: readonly (number[] | undefined)[] = [undefined, [6, 4], [2, 3], [10, 3, 2, 3]]

const FONT = '12px system-ui, sans-serif'

/** Options in the colours that the page has now. */
export function plotOptions(
  element: Element,
  lines: readonly ChartLine[],
  format: Format,
  point: (at: number | null) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const color = colorsOf(element)
  const axis: uPlot.Axis = {
    stroke: color('--muted'),
    font: FONT,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] } },
    axes: [
      { ...axis, size: 28, space: 80, values: (_, times) => times.map((time) => clock.format(time * 1000)) },
      { ...axis, size: 72, space: 36, values: (_, values) => values.map((value) => format(value)) },
    ],
    series: [
      {},
      ...lines.map(({ title }, i) => {
        const dash = DASHES[i]
        return {
          label: title,
          stroke: color(`--series-${i + 1}`),
          width: 1.5,
          points: { show: false },
          ...(dash && { dash }),
        }
      }),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  }
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** The colours of the styles, as a canvas can take them. */
function colorsOf(element: Element): (property: string) => string {
  const probe = document.createElement('span')
  return (property) => {
    probe.style.color = `var(${property})`
    element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}
