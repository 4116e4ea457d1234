import type { VNode } from 'preact'
import type { OverviewRow } from '../../../contract/topics.ts'
import { formatShare } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'

type Service = OverviewRow['availability'][number]

const HEIGHT = 24
const STEP = 10
const BAR = 7

/** In which days a service responded: a gap where it was not measured, and less than a whole bar where it was down. */
export function Availability({ service, ratio, days }: Service): VNode {
  return html`<div>
    <div class="availability-head"><span>${service}</span><b class="tabular">${formatShare(ratio)}</b></div>
    <svg viewBox=${`0 0 ${days.length * STEP - STEP + BAR} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${inWords({ service, ratio, days })}>
      ${days.map(({ day, ratio }, i) => html`<g key=${day}><title>${`${day}: ${ratio === null ? 'not measured' : formatShare(ratio)}`}</title>${bar(i * STEP, ratio)}</g>`)}
    </svg>
  </div>`
}

/** A day that was not wholly good is seen: its red part has at least a fifth of the bar. */
function bar(x: number, ratio: number | null): VNode {
  if (ratio === null) return html`<rect class="gap" x=${x} y=${HEIGHT - 6} width=${BAR} height="6" />`
  if (ratio >= 1) return html`<rect class="up" x=${x} width=${BAR} height=${HEIGHT} />`
  const down = Math.max(HEIGHT / 5, (1 - ratio) * HEIGHT)
  return html`<g><rect class="down" x=${x} y="0" width=${BAR} height=${down} />
    <rect class="up" x=${x} y=${down + 1.5} width=${BAR} height=${Math.max(0, HEIGHT - down - 1.5)} /></g>`
}

function inWords({ service, ratio, days }: Service): string {
  const bad = days.filter((day) => day.ratio !== null && day.ratio < 1)
  const gaps = days.filter((day) => day.ratio === null).length
  const worse =
    bad.length === 0
      ? 'no day below 100%'
      : `below it: ${bad.map((day) => `${day.day} ${formatShare(day.ratio)}`).join(', ')}`
  return `${service}: ${formatShare(ratio)} in ${days.length} days; ${worse}${gaps > 0 ? `; not measured on ${gaps} days` : ''}`
}
