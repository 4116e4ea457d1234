import type { VNode } from 'preact'
import { heardAt, measuredAt, silent, stale } from '../live/freshness.ts'
import { formatClock } from '../parts/format.ts'
import { html } from '../parts/html.ts'
import { Icon } from '../parts/icon.ts'

/** Says that what is shown is old, and since when. The region is always there, so that it is read out when it fills. */
export function Banner(): VNode {
  return html`<div class="banner-region" role="status">${textOfBanner()}</div>`
}

function textOfBanner(): VNode | null {
  if (silent.value) {
    return html`<p class="banner"><${Icon} name="unknown" />
      <span><strong>No data since ${formatClock(heardAt.value)}.</strong> What is shown below was so then. It is asked for again every 10 seconds.</span>
    </p>`
  }
  if (stale.value && measuredAt.value !== null) {
    return html`<p class="banner"><${Icon} name="unknown" />
      <span><strong>No measurement since ${formatClock(measuredAt.value)}.</strong> The dashboard answers, but it has measured nothing since.</span>
    </p>`
  }
  return null
}
