import type { StorageRow } from '../../../contract/topics.ts'
import { formatBytes, formatShare } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Meter } from '../../parts/meter.ts'
import { Panel } from '../../parts/panels/panel.ts'
import type { Tone } from '../../parts/status.ts'

/** How full the disk is, as a bar and in words. */
export function Disk({ disk }: { readonly disk: StorageRow['disk'] }) {
  return html`<${Panel} title="Disk">
    ${disk === null ? html`<p class="muted">The database does not show its disk.</p>` : html`<${Bar} ...${disk} />`}
  <//>`
}

function Bar({ free, total }: NonNullable<StorageRow['disk']>) {
  const share = total > 0 ? free / total : 0
  return html`<p>${formatBytes(free)} of ${formatBytes(total)} are free (${formatShare(share)}).</p>
    <${Meter} share=${1 - share} tone=${toneOf(share)} />`
}

// As the rule DiskNearlyFull has it.
const toneOf = (free: number): Tone => (free < 0.05 ? 'critical' : free < 0.15 ? 'warning' : 'ok')
