import type { StorageRow } from '../../../contract/topics.ts'
import { formatBytes, formatShare } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panel.ts'

/** How full the disk is, as a bar and in words. */
export function Disk({ disk }: { readonly disk: StorageRow['disk'] }) {
  return html`<${Panel} title="Disk">
    ${disk === null ? html`<p class="muted">The database does not show its disk.</p>` : html`<${Bar} ...${disk} />`}
  <//>`
}

function Bar({ free, total }: NonNullable<StorageRow['disk']>) {
  const share = total > 0 ? free / total : 0
  return html`<p id="disk-free">${formatBytes(free)} of ${formatBytes(total)} are free (${formatShare(share)}).</p>
    <meter class="disk" min="0" max="1" low="0.85" high="0.95" optimum="0" value=${1 - share} aria-labelledby="disk-free"></meter>`
}
